"""What was agreed to; what pays for a plan says so; letters and links about one; accounts have an id at Stripe"""

import sqlalchemy as sa
from alembic import op

from portal.records.append_only import guard, unguard
from portal.records.types import Cents, Id, Instant, Json

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPEND_ONLY = ("agreements", "plan_consents")


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("plan_id", Id, nullable=False),
        sa.Column("terms", Json, nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("consents", Json, nullable=False),
        sa.Column("shown_at", Instant(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.String(length=400), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=False),
        sa.Column("confirmed_in", sa.String(length=200), nullable=False),
        sa.Column("session_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("device_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_agreements_contact_id_contacts")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_agreements_device_id_devices")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_agreements_plan_id_plans")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_agreements_session_id_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    op.create_index("ix_agreements_plan_id", "agreements", ["plan_id"], unique=False)
    op.create_table(
        "plan_consents",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("plan_id", Id, nullable=False),
        sa.Column("method_id", Id, nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("last4", sa.String(length=8), nullable=False),
        sa.Column("exp_month", sa.Integer(), nullable=True),
        sa.Column("exp_year", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("shown_at", Instant(), nullable=False),
        sa.Column("agreed_at", Instant(), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.String(length=400), nullable=False),
        sa.Column("session_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("device_id", Id, nullable=False),
        sa.CheckConstraint("kind IN ('card','us_bank_account')", name=op.f("ck_plan_consents_known_kind")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_plan_consents_contact_id_contacts")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_plan_consents_device_id_devices")),
        sa.ForeignKeyConstraint(
            ["method_id"], ["saved_methods.id"], name=op.f("fk_plan_consents_method_id_saved_methods")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_consents_plan_id_plans")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_plan_consents_session_id_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_consents")),
    )
    op.create_index("ix_plan_consents_plan_id", "plan_consents", ["plan_id"], unique=False)
    guard(op.get_bind(), APPEND_ONLY)
    op.add_column("plans", sa.Column("grace_days", sa.Integer(), nullable=True))
    op.add_column("collections", sa.Column("notices", sa.Integer(), server_default="1", nullable=False))
    op.add_column("collections", sa.Column("notice_days", sa.Integer(), server_default="2", nullable=False))
    op.add_column("allocations", sa.Column("on_plan_cents", Cents, server_default="0", nullable=False))
    op.add_column("contacts", sa.Column("refused_at", Instant(), nullable=True))
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
    unguard(op.get_bind(), APPEND_ONLY)
    op.drop_table("plan_consents")
    op.drop_table("agreements")
    op.drop_column("contacts", "refused_at")
    op.drop_column("allocations", "on_plan_cents")
    op.drop_column("collections", "notice_days")
    op.drop_column("collections", "notices")
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
