"""The first schema."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

MIGRATION = Path(__file__).parents[2] / "migrations" / "0001_initial.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
