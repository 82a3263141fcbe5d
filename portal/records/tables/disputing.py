"""What customers say is wrong with a line: disputes, what was said and shown about them, and what was offered.

`dispute_moves` is the story of a dispute: each row says in which state it was from then on, what of the charge stood
still meanwhile, and which part has a discount clock of its own since a decision.
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
    false,
)

from portal.records.tables.base import metadata, public_id, ref, row_id
from portal.records.types import Cents, Instant

_STATES = "'new','in_review','waiting','offered','accepted','partly_accepted','rejected','withdrawn'"

# `number` is the reference that people say on the phone. `reply_by` is the last day of whose turn it is;
# `version` rises with every move: whoever decides on an older one is told what happened meanwhile.
disputes = Table(
    "disputes",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("charge_id", "charges.id", index=True),
    ref("contact_id", "contacts.id", nullable=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("filed_at", Instant, nullable=False),
    Column("filed_on", Date, nullable=False),
    Column("moved_at", Instant, nullable=False),
    Column("reply_by", Date, nullable=True),
    Column("decided_on", Date, nullable=True),
    Column("decision", Text, nullable=False, server_default=""),
    Column("is_goodwill", Boolean, nullable=False, server_default=false()),
    Column("reopened_at", Instant, nullable=True),
    ref("assignee_id", "staff.id", nullable=True),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint(f"state IN ({_STATES})", name="known_state"),
    Index("ix_disputes_state_reply_by", "state", "reply_by"),
)

# Position 0 is the whole of a charge that has no lines. `claimed` is what the customer says: how many arrived, or
# what one of them should cost. Quantities are decimal text, as on the invoice.
dispute_lines = Table(
    "dispute_lines",
    metadata,
    row_id(),
    ref("dispute_id", "disputes.id"),
    Column("position", Integer, nullable=False),
    Column("reason", String(24), nullable=False),
    Column("claimed", String(40), nullable=False, server_default=""),
    Column("disputed_quantity", String(40), nullable=False, server_default=""),
    Column("disputed_net_cents", Cents, nullable=False),
    Column("disputed_tax_cents", Cents, nullable=False),
    Column("approved_quantity", String(40), nullable=False, server_default=""),
    Column("approved_net_cents", Cents, nullable=False, server_default="0"),
    Column("approved_tax_cents", Cents, nullable=False, server_default="0"),
    UniqueConstraint("dispute_id", "position"),
    CheckConstraint("disputed_net_cents >= 0 AND disputed_tax_cents >= 0", name="not_negative"),
    CheckConstraint(
        "approved_net_cents BETWEEN 0 AND disputed_net_cents AND approved_tax_cents BETWEEN 0 AND disputed_tax_cents",
        name="approved_within_disputed",
    ),
)

dispute_moves = Table(
    "dispute_moves",
    metadata,
    row_id(),
    ref("dispute_id", "disputes.id", index=True),
    ref("charge_id", "charges.id", index=True),
    Column("moved_at", Instant, nullable=False),
    Column("moved_on", Date, nullable=False),
    Column("state", String(16), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("disputed_net_cents", Cents, nullable=False),
    Column("disputed_tax_cents", Cents, nullable=False),
    Column("clock_net_cents", Cents, nullable=False, server_default="0"),
    Column("clock_tax_cents", Cents, nullable=False, server_default="0"),
    Column("clock_filed_on", Date, nullable=True),
    Column("clock_decided_on", Date, nullable=True),
    CheckConstraint(f"state IN ({_STATES})", name="known_state"),
)

# `author` is customer, staff or portal; a private note is for the seller's staff only.
dispute_messages = Table(
    "dispute_messages",
    metadata,
    row_id(),
    public_id(),
    ref("dispute_id", "disputes.id", index=True),
    Column("said_at", Instant, nullable=False),
    Column("author", String(12), nullable=False),
    ref("contact_id", "contacts.id", nullable=True),
    ref("staff_id", "staff.id", nullable=True),
    Column("is_private", Boolean, nullable=False, server_default=false()),
    Column("body", Text, nullable=False),
    CheckConstraint("author IN ('customer','staff','portal')", name="known_author"),
)

dispute_offers = Table(
    "dispute_offers",
    metadata,
    row_id(),
    public_id(),
    ref("dispute_id", "disputes.id", index=True),
    Column("kind", String(12), nullable=False),
    Column("percent_bp", Integer, nullable=True),
    Column("net_cents", Cents, nullable=False),
    Column("tax_cents", Cents, nullable=False),
    Column("words", Text, nullable=False, server_default=""),
    Column("expires_on", Date, nullable=False),
    Column("state", String(12), nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True),
    CheckConstraint("kind IN ('credit','replacement','percentage')", name="known_kind"),
    CheckConstraint("state IN ('open','accepted','declined','withdrawn','expired')", name="known_state"),
    CheckConstraint("net_cents >= 0 AND tax_cents >= 0", name="not_negative"),
)

# A file is stored before its row, and belongs to a dispute only once that is filed: until then it is a draft of the
# session that sent it. `name` is what its sender called it, for eyes only.
attachments = Table(
    "attachments",
    metadata,
    row_id(),
    public_id(),
    ref("account_id", "accounts.id", index=True),
    ref("session_id", "sessions.id", nullable=True),
    ref("dispute_id", "disputes.id", nullable=True, index=True),
    ref("message_id", "dispute_messages.id", nullable=True),
    Column("name", String(120), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("storage_name", String(80), nullable=False, unique=True),
    Column("thumbnail_name", String(80), nullable=True, unique=True),
    Column("created_at", Instant, nullable=False),
)
