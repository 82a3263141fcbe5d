"""What is owed and what moved. Everything here is append-only: see `APPEND_ONLY` in this package."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from portal.records.tables.base import metadata, public_id, ref, row_id
from portal.records.types import Cents, Instant

# Terms, base and mode are copied here when the charge is issued: a later edit never changes a promise
# already made.
charges = Table(
    "charges",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id"),
    Column("kind", String(16), nullable=False),
    Column("number", String(64), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("amount_cents", Cents, nullable=False),
    Column("tax_cents", Cents, nullable=False),
    Column("terms", String(64), nullable=False),
    Column("discount_base", String(24), nullable=False),
    Column("discount_mode", String(12), nullable=False),
    Column("memo", Text, nullable=False, server_default=""),
    Column("is_history", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("number"),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
    CheckConstraint("tax_cents >= 0 AND tax_cents <= amount_cents", name="tax_within_amount"),
    Index("ix_charges_account_id_due_on", "account_id", "due_on"),
)

# Quantity and unit price stay as the seller wrote them (decimal text); `amount_cents` is before tax.
charge_lines = Table(
    "charge_lines",
    metadata,
    row_id(),
    ref("charge_id", "charges.id"),
    Column("position", Integer, nullable=False),
    Column("description", Text, nullable=False),
    Column("quantity", String(40), nullable=False, server_default=""),
    Column("unit_price", String(40), nullable=False, server_default=""),
    Column("amount_cents", Cents, nullable=False),
    Column("tax_cents", Cents, nullable=False),
    UniqueConstraint("charge_id", "position"),
)

payments = Table(
    "payments",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("attempt_id", "attempts.id", nullable=True, index=True),
    Column("method", String(24), nullable=False),
    Column("amount_cents", Cents, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("stripe_charge_id", String(80), nullable=True, unique=True),
    Column("reference", String(120), nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
)

credits = Table(
    "credits",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("charge_id", "charges.id", nullable=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("issued_on", Date, nullable=False),
    Column("amount_cents", Cents, nullable=False),
    Column("tax_cents", Cents, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("is_history", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
)

# Money (or a credit memo's value) put on one charge: exactly one of payment_id and credit_id is its origin.
# `started_on` is the day whose discount terms it got: with an honoured quote, the day the checkout opened.
allocations = Table(
    "allocations",
    metadata,
    row_id(),
    ref("account_id", "accounts.id"),
    ref("payment_id", "payments.id", nullable=True, index=True),
    ref("credit_id", "credits.id", nullable=True),
    ref("charge_id", "charges.id", index=True),
    Column("amount_cents", Cents, nullable=False),
    Column("discount_cents", Cents, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("created_at", Instant, nullable=False),
    # Of the amount, what was not payable outside of a plan that covered the charge.
    Column("on_plan_cents", Cents, nullable=False, server_default="0"),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
    CheckConstraint("discount_cents >= 0", name="discount_not_negative"),
    CheckConstraint("(payment_id IS NULL) <> (credit_id IS NULL)", name="one_origin"),
)

_SIGNED = "CASE WHEN debit = '{0}' THEN {1}amount_cents WHEN credit = '{0}' THEN {2}amount_cents ELSE 0 END"

movements = Table(
    "movements",
    metadata,
    row_id(),
    Column("source", String(160), nullable=False, unique=True),
    Column("debit", String(24), nullable=False),
    Column("credit", String(24), nullable=False),
    Column("amount_cents", Cents, nullable=False),
    Column("currency", String(3), nullable=False),
    ref("account_id", "accounts.id", nullable=True),
    ref("charge_id", "charges.id", nullable=True),
    ref("payment_id", "payments.id", nullable=True),
    ref("credit_id", "credits.id", nullable=True),
    Column("effective_on", Date, nullable=False),
    Column("posted_at", Instant, nullable=False),
    Column("is_history", Boolean, nullable=False, server_default=false()),
    # Signed views of the row: what it adds to what is owed, and to the customer's credit.
    Column("receivable_cents", Cents, Computed(_SIGNED.format("receivable", "", "-"), persisted=True)),
    Column("unapplied_cents", Cents, Computed(_SIGNED.format("unapplied", "-", ""), persisted=True)),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
    CheckConstraint("debit <> credit", name="two_accounts"),
    Index("ix_movements_account_id_charge_id", "account_id", "charge_id", "receivable_cents"),
    Index("ix_movements_account_id_effective_on", "account_id", "effective_on"),
    Index("ix_movements_charge_id", "charge_id"),
    Index("ix_movements_payment_id", "payment_id"),
    Index("ix_movements_credit_id", "credit_id"),
)
