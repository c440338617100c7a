"""Announced partitions."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0009_announced_partitions.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
