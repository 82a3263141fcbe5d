"""A letter to the seller may be about no customer's account"""

from alembic import op

from portal.records.types import Id

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("letters") as batch_op:
        batch_op.alter_column("account_id", existing_type=Id, nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM letters WHERE account_id IS NULL")
    with op.batch_alter_table("letters") as batch_op:
        batch_op.alter_column("account_id", existing_type=Id, nullable=False)
