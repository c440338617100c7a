"""Quality of each run, quality over time, and alerts."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0003_quality_and_alerts.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
