"""How it is being paid: attempts with the quote they were shown, and Stripe's events as they came."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from portal.records.tables.base import metadata, public_id, ref, row_id
from portal.records.types import Cents, Instant

# One try to pay through Stripe, and the quote it was shown. `version` rises with every change: whoever read
# Stripe on an older version reads again instead of writing.
attempts = Table(
    "attempts",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("session_id", "sessions.id", nullable=True),
    ref("contact_id", "contacts.id", nullable=True),
    Column("method", String(24), nullable=False),
    Column("state", String(12), nullable=False),
    Column("amount_cents", Cents, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("quoted_at", Instant, nullable=False),
    Column("honoured_until", Instant, nullable=False),
    Column("checkout_expires_at", Instant, nullable=False),
    Column("checkout_id", String(120), nullable=True, unique=True),
    Column("checkout_url", Text, nullable=True),
    Column("payment_intent_id", String(80), nullable=True, unique=True),
    Column("processing_at", Instant, nullable=True),
    Column("ended_at", Instant, nullable=True),
    Column("failure", String(200), nullable=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Instant, nullable=False),
    # For a plan: `ahead` says where more than is due goes, last or next; with a collection nobody is at the keyboard.
    # `saves_method` are the words under which the customer let the method be saved; NULL where it is not to be,
    # or is by now.
    ref("plan_id", "plans.id", nullable=True),
    Column("ahead", String(4), nullable=True),
    ref("collection_id", "collections.id", nullable=True),
    Column("saves_method", Text, nullable=True),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
    CheckConstraint(
        "state IN ('created','open','processing','succeeded','failed','expired','cancelled')",
        name="known_state",
    ),
    Index("ix_attempts_state", "state", "checkout_expires_at"),
    Index(
        "uq_attempts_live_of_collection",
        "collection_id",
        unique=True,
        sqlite_where=text("state IN ('created','open','processing')"),
        postgresql_where=text("state IN ('created','open','processing')"),
    ),
    Index("ix_attempts_plan_id", "plan_id"),
)

# The quote, charge by charge. The database sees to it that one created or open attempt at most has a charge.
attempt_charges = Table(
    "attempt_charges",
    metadata,
    row_id(),
    ref("attempt_id", "attempts.id"),
    ref("charge_id", "charges.id", index=True),
    Column("pay_cents", Cents, nullable=False),
    Column("discount_cents", Cents, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("credit_cents", Cents, nullable=False, server_default="0"),
    UniqueConstraint("attempt_id", "charge_id"),
    CheckConstraint("pay_cents >= 0 AND discount_cents >= 0", name="not_negative"),
    CheckConstraint("credit_cents >= 0", name="credit_not_negative"),
    Index(
        "uq_attempt_charges_active_charge",
        "charge_id",
        unique=True,
        sqlite_where=text("is_active"),
        postgresql_where=text("is_active"),
    ),
)

# Stripe's events as they came. `subject` (an intent or a checkout) lets many of them become one read.
inbox = Table(
    "inbox",
    metadata,
    row_id(),
    Column("event_id", String(120), nullable=False, unique=True),
    Column("type", String(80), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("checkout_id", String(120), nullable=True),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("state", String(12), nullable=False, server_default="new"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_at", Instant, nullable=False),
    Column("handled_at", Instant, nullable=True),
    Column("error", Text, nullable=True),
    CheckConstraint("state IN ('new','handled','foreign','ignored','dead')", name="known_state"),
    Index(
        "ix_inbox_waiting",
        "next_at",
        sqlite_where=text("state = 'new'"),
        postgresql_where=text("state = 'new'"),
    ),
    Index("ix_inbox_subject", "subject"),
    Index("ix_inbox_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
)
