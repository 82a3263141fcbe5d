"""What pays for a plan says so; letters and links may be about one; accounts have a kind and an id at Stripe"""

import sqlalchemy as sa
from alembic import op

from portal.records.types import Id, Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plans", sa.Column("grace_days", sa.Integer(), nullable=True))
    op.add_column("plans", sa.Column("cure_days", sa.Integer(), nullable=True))
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.add_column(sa.Column("stripe_customer_id", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("kind", sa.String(length=12), server_default="unknown", nullable=False))
        batch_op.create_check_constraint(op.f("ck_accounts_known_kind"), "kind IN ('unknown','consumer','business')")
        batch_op.create_unique_constraint(op.f("uq_accounts_stripe_customer_id"), ["stripe_customer_id"])
    with op.batch_alter_table("attempts") as batch_op:
        batch_op.add_column(sa.Column("plan_id", Id, nullable=True))
        batch_op.add_column(sa.Column("ahead", sa.String(length=4), nullable=True))
        batch_op.add_column(sa.Column("collection_id", Id, nullable=True))
        batch_op.add_column(sa.Column("saves_method", sa.Text(), nullable=True))
        batch_op.create_index("ix_attempts_plan_id", ["plan_id"], unique=False)
        batch_op.create_index(
            "uq_attempts_live_of_collection",
            ["collection_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('created','open','processing')"),
            postgresql_where=sa.text("state IN ('created','open','processing')"),
        )
        batch_op.create_foreign_key(
            op.f("fk_attempts_collection_id_collections"), "collections", ["collection_id"], ["id"]
        )
        batch_op.create_foreign_key(op.f("fk_attempts_plan_id_plans"), "plans", ["plan_id"], ["id"])
    with op.batch_alter_table("saved_methods") as batch_op:
        batch_op.add_column(sa.Column("detached_at", Instant(), nullable=True))
    with op.batch_alter_table("setups") as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    with op.batch_alter_table("letters") as batch_op:
        batch_op.add_column(sa.Column("plan_id", Id, nullable=True))
        batch_op.add_column(sa.Column("collection_id", Id, nullable=True))
        batch_op.add_column(sa.Column("method_id", Id, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_letters_collection_id_collections"), "collections", ["collection_id"], ["id"]
        )
        batch_op.create_foreign_key(op.f("fk_letters_plan_id_plans"), "plans", ["plan_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_letters_method_id_saved_methods"), "saved_methods", ["method_id"], ["id"])
    with op.batch_alter_table("links") as batch_op:
        batch_op.add_column(sa.Column("plan_id", Id, nullable=True))
        batch_op.add_column(sa.Column("collection_id", Id, nullable=True))
        batch_op.create_foreign_key(op.f("fk_links_plan_id_plans"), "plans", ["plan_id"], ["id"])
        batch_op.create_foreign_key(
            op.f("fk_links_collection_id_collections"), "collections", ["collection_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("plans") as batch_op:
        batch_op.drop_column("cure_days")
        batch_op.drop_column("grace_days")
    with op.batch_alter_table("setups") as batch_op:
        batch_op.drop_column("version")
    with op.batch_alter_table("saved_methods") as batch_op:
        batch_op.drop_column("detached_at")
    with op.batch_alter_table("links") as batch_op:
        batch_op.drop_constraint(op.f("fk_links_collection_id_collections"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_links_plan_id_plans"), type_="foreignkey")
        batch_op.drop_column("collection_id")
        batch_op.drop_column("plan_id")
    with op.batch_alter_table("letters") as batch_op:
        batch_op.drop_constraint(op.f("fk_letters_method_id_saved_methods"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_letters_plan_id_plans"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_letters_collection_id_collections"), type_="foreignkey")
        batch_op.drop_column("method_id")
        batch_op.drop_column("collection_id")
        batch_op.drop_column("plan_id")
    with op.batch_alter_table("attempts") as batch_op:
        batch_op.drop_constraint(op.f("fk_attempts_plan_id_plans"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_attempts_collection_id_collections"), type_="foreignkey")
        batch_op.drop_index(
            "uq_attempts_live_of_collection",
            sqlite_where=sa.text("state IN ('created','open','processing')"),
            postgresql_where=sa.text("state IN ('created','open','processing')"),
        )
        batch_op.drop_index("ix_attempts_plan_id")
        batch_op.drop_column("saves_method")
        batch_op.drop_column("collection_id")
        batch_op.drop_column("ahead")
        batch_op.drop_column("plan_id")
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.drop_constraint(op.f("ck_accounts_known_kind"), type_="check")
        batch_op.drop_constraint(op.f("uq_accounts_stripe_customer_id"), type_="unique")
        batch_op.drop_column("kind")
        batch_op.drop_column("stripe_customer_id")
