"""Sums of sales by day, kept by the loads."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0008_daily_sums.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
