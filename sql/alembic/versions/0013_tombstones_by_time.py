"""An index by which a load finds the tombstones of its days."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0013_tombstones_by_time.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
