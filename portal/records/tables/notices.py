"""What was decided, said and done: policies, letters (the outbox), and the history."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, String, Table, Text, text

from portal.records.tables.base import metadata, ref, row_id
from portal.records.types import Instant, Json

policies = Table(
    "policies",
    metadata,
    row_id(),
    Column("key", String(64), nullable=False),
    Column("value", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", String(120), nullable=False),
    Index("ix_policies_key_effective_on", "key", "effective_on"),
)

# The outbox: staged in the transaction of its cause, rendered and given its link only when it is sent. A letter
# without a contact is for the seller, and then it may be about no account; or for one of the staff, about an act.
letters = Table(
    "letters",
    metadata,
    row_id(),
    Column("key", String(160), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    ref("account_id", "accounts.id", nullable=True, index=True),
    ref("contact_id", "contacts.id", nullable=True),
    ref("charge_id", "charges.id", nullable=True),
    ref("payment_id", "payments.id", nullable=True),
    ref("attempt_id", "attempts.id", nullable=True),
    ref("link_id", "links.id", nullable=True),
    Column("state", String(12), nullable=False, server_default="waiting"),
    Column("message_id", String(120), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("sent_at", Instant, nullable=True),
    Column("error", Text, nullable=True),
    ref("refund_id", "refunds.id", nullable=True),
    ref("chargeback_id", "chargebacks.id", nullable=True),
    ref("notice_id", "notices.id", nullable=True),
    ref("dispute_id", "disputes.id", nullable=True),
    ref("staff_id", "staff.id", nullable=True),
    ref("history_id", "history.id", nullable=True),
    ref("code_id", "step_codes.id", nullable=True),
    ref("plan_id", "plans.id", nullable=True),
    ref("collection_id", "collections.id", nullable=True),
    ref("method_id", "saved_methods.id", nullable=True),
    CheckConstraint("state IN ('waiting','sent','dead','dropped')", name="known_state"),
    Index(
        "ix_letters_waiting",
        "next_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("ix_letters_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
)

history = Table(
    "history",
    metadata,
    row_id(),
    Column("at", Instant, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(64), nullable=False),
    ref("account_id", "accounts.id", nullable=True),
    ref("charge_id", "charges.id", nullable=True),
    Column("detail", Json, nullable=False),
    Index("ix_history_account_id", "account_id", "id"),
    Index("ix_history_charge_id", "charge_id", "id"),
)
