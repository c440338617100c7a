"""Sums by month and country, made when a month is at rest."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0011_sums_by_country.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
