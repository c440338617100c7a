"""Schema drift on the run."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0006_schema_drift.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
