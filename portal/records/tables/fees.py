"""Late fees, each a charge of its own, and what of them was waived. Everything here is append-only."""

from sqlalchemy import CheckConstraint, Column, Date, Integer, Table, Text, UniqueConstraint

from portal.records.tables.base import metadata, ref, row_id
from portal.records.types import Cents, Instant

# The fee that an invoice drew for a period (money.md 6): `charge_id` is the fee, `invoice_id` what it is for.
late_fees = Table(
    "late_fees",
    metadata,
    row_id(),
    ref("charge_id", "charges.id"),
    ref("invoice_id", "charges.id"),
    Column("period", Integer, nullable=False),
    Column("principal_cents", Cents, nullable=False),
    Column("assessed_on", Date, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("charge_id"),
    UniqueConstraint("invoice_id", "period"),
    CheckConstraint("principal_cents > 0", name="principal_positive"),
)

waivers = Table(
    "waivers",
    metadata,
    row_id(),
    ref("account_id", "accounts.id"),
    ref("charge_id", "charges.id", index=True),
    Column("amount_cents", Cents, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("effective_on", Date, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("amount_cents > 0", name="amount_positive"),
)
