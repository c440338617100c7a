"""What it costs a load to read a page out of turn."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0014_pages_in_memory.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
