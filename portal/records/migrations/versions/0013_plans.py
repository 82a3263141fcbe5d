"""Payment plans, saved methods and what is collected with them"""

import sqlalchemy as sa
from alembic import op

from portal.records.append_only import guard, unguard
from portal.records.types import Cents, Id, Instant, Json

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APPEND_ONLY = ("plan_events",)


def upgrade() -> None:
    op.create_table(
        "saved_methods",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("session_id", Id, nullable=True),
        sa.Column("payment_method_id", sa.String(length=80), nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=False),
        sa.Column("mandate_id", sa.String(length=80), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("last4", sa.String(length=8), nullable=False),
        sa.Column("exp_month", sa.Integer(), nullable=True),
        sa.Column("exp_year", sa.Integer(), nullable=True),
        sa.Column("saved_as", Json, nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_why", sa.String(length=40), nullable=True),
        sa.CheckConstraint("kind IN ('card','us_bank_account')", name=op.f("ck_saved_methods_known_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_saved_methods_account_id_accounts")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_saved_methods_contact_id_contacts")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_saved_methods_session_id_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_methods")),
        sa.UniqueConstraint("payment_method_id", name=op.f("uq_saved_methods_payment_method_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_saved_methods_public_id")),
    )
    op.create_index("ix_saved_methods_account_id", "saved_methods", ["account_id"], unique=False)
    op.create_table(
        "autopays",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("method_id", Id, nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("agreed_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_why", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_autopays_account_id_accounts")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_autopays_contact_id_contacts")),
        sa.ForeignKeyConstraint(["method_id"], ["saved_methods.id"], name=op.f("fk_autopays_method_id_saved_methods")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_autopays")),
    )
    op.create_index(
        "uq_autopays_in_force",
        "autopays",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "plans",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("total_cents", Cents, nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("moved_at", Instant(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("cure_by", sa.Date(), nullable=True),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("moved_position", sa.Integer(), nullable=True),
        sa.Column("method_id", Id, nullable=True),
        sa.Column("replaces_id", Id, nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('requested','offered','declined','expired','withdrawn','active','paused','completed','defaulted','cancelled','replaced')",
            name=op.f("ck_plans_known_state"),
        ),
        sa.CheckConstraint("total_cents > 0", name=op.f("ck_plans_total_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_plans_account_id_accounts")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_plans_contact_id_contacts")),
        sa.ForeignKeyConstraint(["method_id"], ["saved_methods.id"], name=op.f("fk_plans_method_id_saved_methods")),
        sa.ForeignKeyConstraint(["replaces_id"], ["plans.id"], name=op.f("fk_plans_replaces_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("number", name=op.f("uq_plans_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plans_public_id")),
    )
    op.create_index("ix_plans_account_id", "plans", ["account_id"], unique=False)
    op.create_index("ix_plans_state", "plans", ["state", "expires_on"], unique=False)
    op.create_table(
        "collections",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("plan_id", Id, nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("autopay_id", Id, nullable=True),
        sa.Column("charge_id", Id, nullable=True),
        sa.Column("method_id", Id, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=80), server_default="", nullable=False),
        sa.Column("noticed_cents", Cents, nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("first_tried_on", sa.Date(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting','trying','confirming','stopped','done')", name=op.f("ck_collections_known_state")
        ),
        sa.CheckConstraint("(plan_id IS NULL) <> (autopay_id IS NULL)", name=op.f("ck_collections_one_cause")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_collections_account_id_accounts")),
        sa.ForeignKeyConstraint(["autopay_id"], ["autopays.id"], name=op.f("fk_collections_autopay_id_autopays")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_collections_charge_id_charges")),
        sa.ForeignKeyConstraint(
            ["method_id"], ["saved_methods.id"], name=op.f("fk_collections_method_id_saved_methods")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_collections_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint("autopay_id", "charge_id", name=op.f("uq_collections_autopay_id_charge_id")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_collections_plan_id_position")),
        sa.UniqueConstraint("public_id", name=op.f("uq_collections_public_id")),
    )
    op.create_index("ix_collections_account_id", "collections", ["account_id"], unique=False)
    op.create_index("ix_collections_state", "collections", ["state", "next_on"], unique=False)
    op.create_table(
        "instalments",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("plan_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", Cents, nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_instalments_amount_positive")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_instalments_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalments")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_instalments_plan_id_position")),
    )
    op.create_table(
        "plan_charges",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("plan_id", Id, nullable=False),
        sa.Column("charge_id", Id, nullable=False),
        sa.Column("covered_cents", Cents, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("covered_cents > 0", name=op.f("ck_plan_charges_covered_positive")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_plan_charges_charge_id_charges")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_charges_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_charges")),
        sa.UniqueConstraint("plan_id", "charge_id", name=op.f("uq_plan_charges_plan_id_charge_id")),
    )
    op.create_index("ix_plan_charges_charge_id", "plan_charges", ["charge_id"], unique=False)
    op.create_index(
        "uq_plan_charges_active_charge",
        "plan_charges",
        ["charge_id"],
        unique=True,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "plan_events",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("plan_id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("amount_cents", Cents, nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_events_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_events")),
    )
    op.create_index("ix_plan_events_plan_id", "plan_events", ["plan_id"], unique=False)
    op.create_table(
        "plan_options",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("plan_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("down_cents", Cents, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("every", sa.String(length=12), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.CheckConstraint("every IN ('week','fortnight','month')", name=op.f("ck_plan_options_known_rhythm")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_options_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_options")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_plan_options_plan_id_position")),
    )
    op.create_table(
        "setups",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("session_id", Id, nullable=True),
        sa.Column("plan_id", Id, nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("checkout_id", sa.String(length=120), nullable=True),
        sa.Column("checkout_url", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.CheckConstraint("purpose IN ('keep','plan','autopay')", name=op.f("ck_setups_known_purpose")),
        sa.CheckConstraint(
            "state IN ('created','open','done','expired','refused')", name=op.f("ck_setups_known_state")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_setups_account_id_accounts")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_setups_contact_id_contacts")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_setups_plan_id_plans")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_setups_session_id_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setups")),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_setups_checkout_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_setups_public_id")),
    )
    op.create_index("ix_setups_account_id", "setups", ["account_id"], unique=False)
    op.create_index("ix_setups_state", "setups", ["state", "expires_at"], unique=False)
    op.create_table(
        "collection_tries",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("collection_id", Id, nullable=False),
        sa.Column("attempt_id", Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount_cents", Cents, nullable=False),
        sa.Column("tried_at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("code", sa.String(length=80), server_default="", nullable=False),
        sa.Column("told_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('succeeded','processing','refused','authenticate','cancelled')",
            name=op.f("ck_collection_tries_known_outcome"),
        ),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_collection_tries_attempt_id_attempts")),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collections.id"], name=op.f("fk_collection_tries_collection_id_collections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_tries")),
        sa.UniqueConstraint("collection_id", "number", name=op.f("uq_collection_tries_collection_id_number")),
    )
    op.create_index("ix_collection_tries_attempt_id", "collection_tries", ["attempt_id"], unique=False)
    guard(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    unguard(op.get_bind(), APPEND_ONLY)
    op.drop_table("collection_tries")
    op.drop_table("setups")
    op.drop_table("plan_options")
    op.drop_table("plan_events")
    op.drop_table("plan_charges")
    op.drop_table("instalments")
    op.drop_table("collections")
    op.drop_table("plans")
    op.drop_table("autopays")
    op.drop_table("saved_methods")
