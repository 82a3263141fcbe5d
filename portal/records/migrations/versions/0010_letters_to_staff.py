"""A letter may be to one of the staff, about an act of the history"""

import sqlalchemy as sa
from alembic import op

from portal.records.types import Id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("letters") as batch_op:
        batch_op.add_column(sa.Column("staff_id", Id, nullable=True))
        batch_op.add_column(sa.Column("history_id", Id, nullable=True))
        batch_op.create_foreign_key(op.f("fk_letters_staff_id_staff"), "staff", ["staff_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_letters_history_id_history"), "history", ["history_id"], ["id"])


def downgrade() -> None:
    op.execute("DELETE FROM letters WHERE staff_id IS NOT NULL")
    with op.batch_alter_table("letters") as batch_op:
        batch_op.drop_constraint(op.f("fk_letters_history_id_history"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_letters_staff_id_staff"), type_="foreignkey")
        batch_op.drop_column("history_id")
        batch_op.drop_column("staff_id")
