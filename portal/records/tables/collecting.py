"""Saved ways to pay, leave to charge them, and each charge that is made with them while their holder is away."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from portal.records.tables.base import metadata, public_id, ref, row_id
from portal.records.types import Cents, Instant, Json

# A card or bank account that Stripe keeps for the customer: we know its last four digits and no more.
saved_methods = Table(
    "saved_methods",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("contact_id", "contacts.id", nullable=True),
    ref("session_id", "sessions.id", nullable=True),
    Column("payment_method_id", String(80), nullable=False, unique=True),
    Column("customer_id", String(80), nullable=False),
    Column("mandate_id", String(80), nullable=True),
    Column("kind", String(24), nullable=False),
    Column("name", String(100), nullable=False),
    Column("last4", String(8), nullable=False),
    Column("exp_month", Integer, nullable=True),
    Column("exp_year", Integer, nullable=True),
    # Name, digits and expiry as of its saving: Stripe renews cards, and evidence stays as it was.
    Column("saved_as", Json, nullable=False),
    Column("consent", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True),
    Column("ended_why", String(40), nullable=True),
    # Until then Stripe may still keep what has ended here.
    Column("detached_at", Instant, nullable=True),
    CheckConstraint("kind IN ('card','us_bank_account')", name="known_kind"),
)

# Stripe's page on which a method is saved without a payment; saved before Stripe is asked, as an attempt is.
setups = Table(
    "setups",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("contact_id", "contacts.id", nullable=True),
    ref("session_id", "sessions.id", nullable=True),
    ref("plan_id", "plans.id", nullable=True),
    Column("kind", String(24), nullable=False),
    Column("purpose", String(12), nullable=False),
    Column("state", String(12), nullable=False),
    Column("consent", Text, nullable=False),
    Column("checkout_id", String(120), nullable=True, unique=True),
    Column("checkout_url", Text, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("purpose IN ('keep','plan','autopay')", name="known_purpose"),
    CheckConstraint("state IN ('created','open','done','expired','refused')", name="known_state"),
    Index("ix_setups_state", "state", "expires_at"),
)

# Leave to charge every invoice of an account on its due day; one at most is in force.
autopays = Table(
    "autopays",
    metadata,
    row_id(),
    ref("account_id", "accounts.id"),
    ref("contact_id", "contacts.id", nullable=True),
    ref("method_id", "saved_methods.id"),
    Column("consent", Text, nullable=False),
    Column("agreed_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True),
    Column("ended_why", String(40), nullable=True),
    Index(
        "uq_autopays_in_force",
        "account_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

# One charge that is to be made: of an instalment, or of an invoice under autopay. `noticed_cents` is the amount that
# was announced, and the most that may be charged; `notices` is how often, `notice_days` how long before the charge.
collections = Table(
    "collections",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("plan_id", "plans.id", nullable=True),
    Column("position", Integer, nullable=True),
    ref("autopay_id", "autopays.id", nullable=True),
    ref("charge_id", "charges.id", nullable=True),
    ref("method_id", "saved_methods.id"),
    Column("state", String(12), nullable=False),
    Column("why", String(80), nullable=False, server_default=""),
    Column("noticed_cents", Cents, nullable=False),
    Column("noticed_on", Date, nullable=False),
    Column("next_on", Date, nullable=False),
    Column("first_tried_on", Date, nullable=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("created_at", Instant, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("notices", Integer, nullable=False, server_default="1"),
    Column("notice_days", Integer, nullable=False, server_default="2"),
    UniqueConstraint("plan_id", "position"),
    UniqueConstraint("autopay_id", "charge_id"),
    CheckConstraint("(plan_id IS NULL) <> (autopay_id IS NULL)", name="one_cause"),
    CheckConstraint("state IN ('waiting','trying','confirming','stopped','done')", name="known_state"),
    Index("ix_collections_state", "state", "next_on"),
)

# Each try, saved before Stripe is asked to charge; `outcome` is what it said.
collection_tries = Table(
    "collection_tries",
    metadata,
    row_id(),
    ref("collection_id", "collections.id"),
    ref("attempt_id", "attempts.id", index=True),
    Column("number", Integer, nullable=False),
    Column("amount_cents", Cents, nullable=False),
    Column("tried_at", Instant, nullable=False),
    Column("outcome", String(12), nullable=True),
    Column("code", String(80), nullable=False, server_default=""),
    Column("told_at", Instant, nullable=True),
    UniqueConstraint("collection_id", "number"),
    CheckConstraint("outcome IN ('succeeded','processing','refused','authenticate','cancelled')", name="known_outcome"),
)
