"""Payment plans: what was offered and agreed, with its evidence, and what happened to it since.

Amounts of an instalment are as agreed: how it stands is worked out from the money received and what is left of the
charges that the plan covers. A plan is kept from `accepted_on` until the day before `ended_on`.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
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
from portal.records.types import Cents, Instant, Json

_STATES = (
    "'requested','offered','declined','expired','withdrawn','active','paused','completed','defaulted','cancelled',"
    "'replaced'"
)

# `number` is the reference that people say on the phone. `total_cents` is what it covers: as of its offer, then as of
# its acceptance. `version` rises with every move. `moved_position` is the one instalment whose date was moved.
plans = Table(
    "plans",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("contact_id", "contacts.id", nullable=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    Column("total_cents", Cents, nullable=False),
    Column("words", Text, nullable=False, server_default=""),
    Column("made_by", String(120), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("moved_at", Instant, nullable=False),
    Column("expires_on", Date, nullable=True),
    Column("accepted_at", Instant, nullable=True),
    Column("accepted_on", Date, nullable=True),
    Column("ended_on", Date, nullable=True),
    Column("cure_by", Date, nullable=True),
    Column("paused_on", Date, nullable=True),
    Column("moved_position", Integer, nullable=True),
    ref("method_id", "saved_methods.id", nullable=True),
    ref("replaces_id", "plans.id", nullable=True),
    Column("version", Integer, nullable=False, server_default="1"),
    # As agreed: NULL before that.
    Column("grace_days", Integer, nullable=True),
    Column("cure_days", Integer, nullable=True),
    CheckConstraint(f"state IN ({_STATES})", name="known_state"),
    CheckConstraint("total_cents > 0", name="total_positive"),
    Index("ix_plans_state", "state", "expires_on"),
)

# One offer may have several to choose from; the accepted one is the only one left that counts (`is_chosen`).
plan_options = Table(
    "plan_options",
    metadata,
    row_id(),
    ref("plan_id", "plans.id"),
    Column("position", Integer, nullable=False),
    Column("down_cents", Cents, nullable=False),
    Column("times", Integer, nullable=False),
    Column("every", String(12), nullable=False),
    Column("first_on", Date, nullable=False),
    Column("is_chosen", Boolean, nullable=False),
    UniqueConstraint("plan_id", "position"),
    CheckConstraint("every IN ('week','fortnight','month')", name="known_rhythm"),
)

# What of which charge is on the plan. The database sees to it that a charge is on one kept plan at most.
plan_charges = Table(
    "plan_charges",
    metadata,
    row_id(),
    ref("plan_id", "plans.id"),
    ref("charge_id", "charges.id", index=True),
    Column("covered_cents", Cents, nullable=False),
    Column("is_active", Boolean, nullable=False),
    UniqueConstraint("plan_id", "charge_id"),
    CheckConstraint("covered_cents > 0", name="covered_positive"),
    Index(
        "uq_plan_charges_active_charge",
        "charge_id",
        unique=True,
        sqlite_where=text("is_active"),
        postgresql_where=text("is_active"),
    ),
)

instalments = Table(
    "instalments",
    metadata,
    row_id(),
    ref("plan_id", "plans.id"),
    Column("position", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("agreed_on", Date, nullable=False),
    Column("amount_cents", Cents, nullable=False),
    UniqueConstraint("plan_id", "position"),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
)

# The evidence of an acceptance. `terms` is what was shown, as data; `pdf` the agreement in the bytes that were hashed.
# People and browsers are called otherwise later: what they were called then is kept. `confirmed_at`, `confirmed_in` are
# when, and in which browser, the mailed code was typed.
agreements = Table(
    "agreements",
    metadata,
    row_id(),
    ref("plan_id", "plans.id", index=True),
    Column("terms", Json, nullable=False),
    Column("pdf", LargeBinary, nullable=False),
    Column("pdf_sha256", LargeBinary(32), nullable=False),
    Column("name", String(200), nullable=False),
    Column("consents", Json, nullable=False),
    Column("shown_at", Instant, nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("address", String(64), nullable=False),
    Column("user_agent", String(400), nullable=False),
    Column("contact_name", String(200), nullable=False),
    Column("contact_email", String(254), nullable=False),
    Column("confirmed_at", Instant, nullable=False),
    Column("confirmed_in", String(200), nullable=False),
    ref("session_id", "sessions.id"),
    ref("contact_id", "contacts.id"),
    ref("device_id", "devices.id"),
)

# Each choice of what a plan is charged with: `words` are what was shown and agreed to. Without `method_id` it was a new
# one, saved on Stripe's page after that; with it, what that one was called and when it expires is kept as of then.
plan_consents = Table(
    "plan_consents",
    metadata,
    row_id(),
    ref("plan_id", "plans.id", index=True),
    ref("method_id", "saved_methods.id", nullable=True),
    Column("kind", String(24), nullable=False),
    Column("name", String(100), nullable=False),
    Column("last4", String(8), nullable=False),
    Column("exp_month", Integer, nullable=True),
    Column("exp_year", Integer, nullable=True),
    Column("words", Text, nullable=False),
    Column("words_sha256", LargeBinary(32), nullable=False),
    Column("shown_at", Instant, nullable=False),
    Column("agreed_at", Instant, nullable=False),
    Column("contact_name", String(200), nullable=False),
    Column("contact_email", String(254), nullable=False),
    Column("address", String(64), nullable=False),
    Column("user_agent", String(400), nullable=False),
    ref("session_id", "sessions.id"),
    ref("contact_id", "contacts.id"),
    ref("device_id", "devices.id"),
    CheckConstraint("kind IN ('card','us_bank_account')", name="known_kind"),
)

# The story of a plan: `kind` says what happened, `position` to which instalment.
plan_events = Table(
    "plan_events",
    metadata,
    row_id(),
    ref("plan_id", "plans.id", index=True),
    Column("at", Instant, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("position", Integer, nullable=True),
    Column("amount_cents", Cents, nullable=True),
    Column("words", Text, nullable=False, server_default=""),
)
