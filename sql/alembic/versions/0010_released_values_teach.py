"""Released values teach the anomaly model."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0010_released_values_teach.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
