"""Letters and events that nobody tries any more are counted on every page of the admin"""

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_IS_DEAD = text("state = 'dead'")


def upgrade() -> None:
    for table in ("inbox", "letters"):
        op.create_index(f"ix_{table}_dead", table, ["id"], sqlite_where=_IS_DEAD, postgresql_where=_IS_DEAD)


def downgrade() -> None:
    for table in ("inbox", "letters"):
        op.drop_index(f"ix_{table}_dead", table)
