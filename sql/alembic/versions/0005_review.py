"""People review rejected and held rows."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0005_review.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
