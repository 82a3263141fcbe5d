"""Who: accounts (receivables of one customer), their contacts, their links, the sessions these open, and the codes
and browsers by which a contact shows to be the one."""

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, String, Table, UniqueConstraint

from portal.records.tables.base import metadata, public_id, ref, row_id
from portal.records.types import Instant

accounts = Table(
    "accounts",
    metadata,
    row_id(),
    public_id(),
    Column("number", String(64), nullable=True, unique=True),
    Column("name", String(200), nullable=False, index=True),
    Column("currency", String(3), nullable=False),
    Column("created_at", Instant, nullable=False),
    # Whose saved methods they are at Stripe, and whether the customer is a consumer: `unknown` counts as one.
    Column("stripe_customer_id", String(80), nullable=True, unique=True),
    Column("kind", String(12), nullable=False, server_default="unknown"),
    CheckConstraint("kind IN ('unknown','consumer','business')", name="known_kind"),
)

contacts = Table(
    "contacts",
    metadata,
    row_id(),
    ref("account_id", "accounts.id"),
    Column("name", String(200), nullable=False, server_default=""),
    Column("email", String(254), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("removed_at", Instant, nullable=True),
    Column("refused_at", Instant, nullable=True),
    UniqueConstraint("account_id", "email"),
)

# A link's token signs (public_id, version): raising the version cuts off every copy of the token and every
# session that one of them opened.
links = Table(
    "links",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("contact_id", "contacts.id", nullable=True),
    ref("charge_id", "charges.id", nullable=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant, nullable=True),
    Column("opened_at", Instant, nullable=True),
    # Where its button leads, and no wider a reach: a dispute is about the link's own document.
    ref("dispute_id", "disputes.id", nullable=True),
    ref("plan_id", "plans.id", nullable=True),
    # To the confirming of a charge, where the bank asks for its customer.
    ref("collection_id", "collections.id", nullable=True),
)

sessions = Table(
    "sessions",
    metadata,
    row_id(),
    Column("secret_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True),
)

grants = Table(
    "grants",
    metadata,
    row_id(),
    ref("session_id", "sessions.id"),
    ref("link_id", "links.id"),
    Column("link_version", Integer, nullable=False),
    Column("granted_at", Instant, nullable=False),
    UniqueConstraint("session_id", "link_id", "link_version"),
)

# A code mailed to the contact, good in the browser session that asked for it. It is made when its letter is written
# (until then there is no hash), so that it stands nowhere but in that letter.
step_codes = Table(
    "step_codes",
    metadata,
    row_id(),
    ref("contact_id", "contacts.id"),
    ref("session_id", "sessions.id", index=True),
    Column("code_hash", LargeBinary(32), nullable=True),
    Column("requested_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("used_at", Instant, nullable=True),
)

# Browsers in which a contact has shown a code. A browser has one secret, and with it a row for each of its contacts.
devices = Table(
    "devices",
    metadata,
    row_id(),
    public_id(),
    ref("contact_id", "contacts.id", index=True),
    Column("secret_hash", LargeBinary(32), nullable=False),
    Column("user_agent", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant, nullable=True),
    UniqueConstraint("contact_id", "secret_hash"),
)

throttle = Table(
    "throttle",
    metadata,
    Column("bucket", String(160), primary_key=True),
    Column("window_at", Instant, primary_key=True),
    Column("count", Integer, nullable=False),
)
