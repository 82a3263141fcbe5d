"""What comes back or was never money: refunds, chargebacks, releases, write-offs, notices, and breaks with Stripe."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    text,
)

from portal.records.tables.base import metadata, public_id, ref, row_id
from portal.records.types import Cents, Instant

# Taken back off a charge: what of an allocation, and of the discount that came with it, no longer stands.
releases = Table(
    "releases",
    metadata,
    row_id(),
    ref("account_id", "accounts.id"),
    ref("allocation_id", "allocations.id", index=True),
    Column("amount_cents", Cents, nullable=False),
    Column("discount_cents", Cents, nullable=False),
    Column("discount_tax_cents", Cents, nullable=False),
    Column("because", String(120), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
    CheckConstraint("discount_cents >= 0", name="discount_not_negative"),
    Index("ix_releases_because", "because"),
)

# Asked for by the owner (saved before Stripe is asked), or found at Stripe. `covers`: a credit memo takes the place
# of the money, so that the charges it had paid stay paid.
refunds = Table(
    "refunds",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("payment_id", "payments.id", index=True),
    Column("amount_cents", Cents, nullable=False),
    Column("state", String(12), nullable=False),
    Column("covers", Boolean, nullable=False, server_default=false()),
    Column("reason", Text, nullable=False, server_default=""),
    Column("asked_by", String(120), nullable=False),
    Column("stripe_refund_id", String(80), nullable=True, unique=True),
    Column("failure", String(200), nullable=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
    CheckConstraint("state IN ('created','pending','succeeded','failed','refused')", name="known_state"),
)

# Stripe's disputes: a card's chargeback or inquiry, a bank debit's return. `state` is Stripe's own word.
chargebacks = Table(
    "chargebacks",
    metadata,
    row_id(),
    ref("account_id", "accounts.id", index=True),
    ref("payment_id", "payments.id", index=True),
    Column("stripe_dispute_id", String(80), nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    Column("state", String(32), nullable=False),
    Column("reason", String(80), nullable=False),
    Column("amount_cents", Cents, nullable=False),
    Column("answer_by", Instant, nullable=True),
    Column("opened_at", Instant, nullable=False),
    Column("noticed_at", Instant, nullable=False),
    CheckConstraint("kind IN ('inquiry','chargeback','return')", name="known_kind"),
)

write_offs = Table(
    "write_offs",
    metadata,
    row_id(),
    ref("account_id", "accounts.id"),
    ref("charge_id", "charges.id", index=True),
    Column("amount_cents", Cents, nullable=False),
    Column("tax_cents", Cents, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("effective_on", Date, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
    CheckConstraint("tax_cents >= 0 AND tax_cents <= amount_cents", name="tax_within_amount"),
)

# What a customer says: a cheque is in the post, a credit is to be paid back. Never money, never a change of balance.
notices = Table(
    "notices",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("contact_id", "contacts.id", nullable=True),
    Column("kind", String(12), nullable=False),
    Column("method", String(24), nullable=False, server_default=""),
    Column("amount_cents", Cents, nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("reference", String(120), nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant, nullable=True),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
    CheckConstraint("kind IN ('sent','refund')", name="known_kind"),
)

# Where Stripe and the ledger differ. Closed when a later comparison no longer finds it; never adjusted away.
breaks = Table(
    "breaks",
    metadata,
    row_id(),
    Column("key", String(200), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("ours", Text, nullable=False),
    Column("theirs", Text, nullable=False),
    Column("repair", Text, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("closed_at", Instant, nullable=True),
    Index(
        "uq_breaks_open_key",
        "key",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

# How far a piece of work that looks back has come.
marks = Table(
    "marks",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
)
