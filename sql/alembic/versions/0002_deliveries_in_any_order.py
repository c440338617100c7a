"""Voids, deletions, snapshots, leases, archived months, forgotten customers."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

MIGRATION = Path(__file__).parents[2] / "migrations" / "0002_deliveries_in_any_order.sql"


def upgrade() -> None:
    """Run the script whole: the driver sends a text without parameters as one simple query."""
    op.get_bind().connection.cursor().execute(MIGRATION.read_text())
