"""What names an upload on S3."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0007_object_versions.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
