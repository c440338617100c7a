"""Anomalous sales that are loaded and flagged."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0004_flagged_anomalies.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
