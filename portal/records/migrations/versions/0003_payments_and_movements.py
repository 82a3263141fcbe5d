"""How it is paid, and what moved"""

import sqlalchemy as sa
from alembic import op

from portal.records.append_only import guard, unguard
from portal.records.types import Id, Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "payments",
    "credits",
    "allocations",
    "movements",
)


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("session_id", Id, nullable=True),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("quoted_at", Instant(), nullable=False),
        sa.Column("honoured_until", Instant(), nullable=False),
        sa.Column("checkout_expires_at", Instant(), nullable=False),
        sa.Column("checkout_id", sa.String(length=120), nullable=True),
        sa.Column("checkout_url", sa.Text(), nullable=True),
        sa.Column("payment_intent_id", sa.String(length=80), nullable=True),
        sa.Column("processing_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "state IN ('created','open','processing','succeeded','failed','expired','cancelled')",
            name=op.f("ck_attempts_known_state"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_attempts_amount_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_attempts_account_id_accounts")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_attempts_contact_id_contacts")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_attempts_session_id_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_attempts_checkout_id")),
        sa.UniqueConstraint("payment_intent_id", name=op.f("uq_attempts_payment_intent_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attempts_public_id")),
    )
    op.create_index("ix_attempts_account_id", "attempts", ["account_id"], unique=False)
    op.create_index("ix_attempts_state", "attempts", ["state", "checkout_expires_at"], unique=False)
    op.create_table(
        "attempt_charges",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("attempt_id", Id, nullable=False),
        sa.Column("charge_id", Id, nullable=False),
        sa.Column("pay_cents", sa.BigInteger(), nullable=False),
        sa.Column("discount_cents", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("pay_cents >= 0 AND discount_cents >= 0", name=op.f("ck_attempt_charges_not_negative")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_charges_attempt_id_attempts")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_attempt_charges_charge_id_charges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_charges")),
        sa.UniqueConstraint("attempt_id", "charge_id", name=op.f("uq_attempt_charges_attempt_id_charge_id")),
    )
    op.create_index("ix_attempt_charges_charge_id", "attempt_charges", ["charge_id"], unique=False)
    op.create_index(
        "uq_attempt_charges_active_charge",
        "attempt_charges",
        ["charge_id"],
        unique=True,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "payments",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("attempt_id", Id, nullable=True),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("stripe_charge_id", sa.String(length=80), nullable=True),
        sa.Column("reference", sa.String(length=120), server_default="", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_payments_account_id_accounts")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_payments_attempt_id_attempts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payments_public_id")),
        sa.UniqueConstraint("stripe_charge_id", name=op.f("uq_payments_stripe_charge_id")),
    )
    op.create_index("ix_payments_account_id", "payments", ["account_id"], unique=False)
    op.create_table(
        "credits",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("charge_id", Id, nullable=True),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("tax_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("is_history", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_credits_amount_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_credits_account_id_accounts")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_credits_charge_id_charges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credits")),
        sa.UniqueConstraint("number", name=op.f("uq_credits_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_credits_public_id")),
    )
    op.create_index("ix_credits_account_id", "credits", ["account_id"], unique=False)
    op.create_table(
        "allocations",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("payment_id", Id, nullable=True),
        sa.Column("credit_id", Id, nullable=True),
        sa.Column("charge_id", Id, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("discount_cents", sa.BigInteger(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("(payment_id IS NULL) <> (credit_id IS NULL)", name=op.f("ck_allocations_one_origin")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_allocations_amount_positive")),
        sa.CheckConstraint("discount_cents >= 0", name=op.f("ck_allocations_discount_not_negative")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_allocations_account_id_accounts")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_allocations_charge_id_charges")),
        sa.ForeignKeyConstraint(["credit_id"], ["credits.id"], name=op.f("fk_allocations_credit_id_credits")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_allocations_payment_id_payments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
    )
    op.create_index("ix_allocations_charge_id", "allocations", ["charge_id"], unique=False)
    op.create_index("ix_allocations_payment_id", "allocations", ["payment_id"], unique=False)
    op.create_table(
        "movements",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=160), nullable=False),
        sa.Column("debit", sa.String(length=24), nullable=False),
        sa.Column("credit", sa.String(length=24), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("account_id", Id, nullable=True),
        sa.Column("charge_id", Id, nullable=True),
        sa.Column("payment_id", Id, nullable=True),
        sa.Column("credit_id", Id, nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("posted_at", Instant(), nullable=False),
        sa.Column("is_history", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "receivable_cents",
            sa.BigInteger(),
            sa.Computed(
                "CASE WHEN debit = 'receivable' THEN amount_cents WHEN credit = 'receivable' THEN -amount_cents ELSE 0 END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column(
            "unapplied_cents",
            sa.BigInteger(),
            sa.Computed(
                "CASE WHEN debit = 'unapplied' THEN -amount_cents WHEN credit = 'unapplied' THEN amount_cents ELSE 0 END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_movements_amount_positive")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_movements_two_accounts")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_movements_account_id_accounts")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_movements_charge_id_charges")),
        sa.ForeignKeyConstraint(["credit_id"], ["credits.id"], name=op.f("fk_movements_credit_id_credits")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_movements_payment_id_payments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
        sa.UniqueConstraint("source", name=op.f("uq_movements_source")),
    )
    op.create_index(
        "ix_movements_account_id_charge_id",
        "movements",
        ["account_id", "charge_id", "receivable_cents"],
        unique=False,
    )
    op.create_index("ix_movements_account_id_effective_on", "movements", ["account_id", "effective_on"], unique=False)
    op.create_index("ix_movements_charge_id", "movements", ["charge_id"], unique=False)
    op.create_index("ix_movements_credit_id", "movements", ["credit_id"], unique=False)
    op.create_index("ix_movements_payment_id", "movements", ["payment_id"], unique=False)
    guard(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    unguard(op.get_bind(), APPEND_ONLY)
    op.drop_table("movements")
    op.drop_table("allocations")
    op.drop_table("credits")
    op.drop_table("payments")
    op.drop_table("attempt_charges")
    op.drop_table("attempts")
