"""A letter that things have overtaken is dropped: nobody need look after it, as after one that could not be sent"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("letters") as batch_op:
        batch_op.drop_constraint(op.f("ck_letters_known_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_letters_known_state"), "state IN ('waiting','sent','dead','dropped')")


def downgrade() -> None:
    op.execute("UPDATE letters SET state = 'dead' WHERE state = 'dropped'")
    with op.batch_alter_table("letters") as batch_op:
        batch_op.drop_constraint(op.f("ck_letters_known_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_letters_known_state"), "state IN ('waiting','sent','dead')")
