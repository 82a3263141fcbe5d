"""Who works here: staff, what proves that it is them, their sessions, and the seals that close the history."""

from sqlalchemy import BigInteger, CheckConstraint, Column, LargeBinary, String, Table, UniqueConstraint

from portal.records.tables.base import metadata, public_id, ref, row_id
from portal.records.types import Instant

# `totp_secret` is encrypted by a key outside of the database; `totp_counter` is the last time step whose code was
# taken, so that none is taken twice.
staff = Table(
    "staff",
    metadata,
    row_id(),
    public_id(),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(12), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("totp_secret", String(200), nullable=True),
    Column("totp_counter", BigInteger, nullable=True),
    Column("totp_confirmed_at", Instant, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("removed_at", Instant, nullable=True),
    CheckConstraint("role IN ('owner','collector','read_only')", name="known_role"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    row_id(),
    ref("staff_id", "staff.id", index=True),
    Column("code_hash", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=True),
)

passkeys = Table(
    "passkeys",
    metadata,
    row_id(),
    public_id(),
    ref("staff_id", "staff.id", index=True),
    Column("credential_id", LargeBinary(1023), nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", String(80), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=True),
)

# Half open until `verified_at`: the password was right, the second factor has not been shown. `confirmed_at` is when
# the second factor was last shown, for what asks for it anew. `challenge` is a passkey's, and is used once.
staff_sessions = Table(
    "staff_sessions",
    metadata,
    row_id(),
    public_id(),
    ref("staff_id", "staff.id", index=True),
    Column("secret_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("verified_at", Instant, nullable=True),
    Column("confirmed_at", Instant, nullable=True),
    Column("ended_at", Instant, nullable=True),
    Column("address", String(64), nullable=False),
    Column("browser", String(200), nullable=False, server_default=""),
    Column("challenge", LargeBinary, nullable=True),
)

# Each seal is the hash of the one before it and of one act of the history; its id is its place in the chain.
history_seals = Table(
    "history_seals",
    metadata,
    row_id(),
    ref("history_id", "history.id"),
    Column("hash", LargeBinary(32), nullable=False),
    UniqueConstraint("history_id"),
)
