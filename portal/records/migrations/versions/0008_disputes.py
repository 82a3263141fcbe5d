"""Disputes with what was said, shown and offered about them; late fees and what of them is waived"""

import sqlalchemy as sa
from alembic import op

from portal.records.append_only import guard, unguard
from portal.records.types import Id, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "dispute_moves",
    "dispute_messages",
    "late_fees",
    "waivers",
)


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("charge_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("filed_at", Instant(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("moved_at", Instant(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision", sa.Text(), server_default="", nullable=False),
        sa.Column("is_goodwill", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reopened_at", Instant(), nullable=True),
        sa.Column("assignee_id", Id, nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('new','in_review','waiting','offered','accepted','partly_accepted','rejected','withdrawn')",
            name=op.f("ck_disputes_known_state"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_disputes_account_id_accounts")),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name=op.f("fk_disputes_assignee_id_staff")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_disputes_charge_id_charges")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_disputes_contact_id_contacts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("number", name=op.f("uq_disputes_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_disputes_public_id")),
    )
    op.create_index("ix_disputes_account_id", "disputes", ["account_id"], unique=False)
    op.create_index("ix_disputes_charge_id", "disputes", ["charge_id"], unique=False)
    op.create_index("ix_disputes_state_reply_by", "disputes", ["state", "reply_by"], unique=False)
    op.create_table(
        "late_fees",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("charge_id", Id, nullable=False),
        sa.Column("invoice_id", Id, nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("principal_cents", sa.BigInteger(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("principal_cents > 0", name=op.f("ck_late_fees_principal_positive")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_late_fees_charge_id_charges")),
        sa.ForeignKeyConstraint(["invoice_id"], ["charges.id"], name=op.f("fk_late_fees_invoice_id_charges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_fees")),
        sa.UniqueConstraint("charge_id", name=op.f("uq_late_fees_charge_id")),
        sa.UniqueConstraint("invoice_id", "period", name=op.f("uq_late_fees_invoice_id_period")),
    )
    op.create_table(
        "waivers",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("charge_id", Id, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_waivers_amount_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_waivers_account_id_accounts")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_waivers_charge_id_charges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
    )
    op.create_index("ix_waivers_charge_id", "waivers", ["charge_id"], unique=False)
    op.create_table(
        "dispute_lines",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("dispute_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("claimed", sa.String(length=40), server_default="", nullable=False),
        sa.Column("disputed_quantity", sa.String(length=40), server_default="", nullable=False),
        sa.Column("disputed_net_cents", sa.BigInteger(), nullable=False),
        sa.Column("disputed_tax_cents", sa.BigInteger(), nullable=False),
        sa.Column("approved_quantity", sa.String(length=40), server_default="", nullable=False),
        sa.Column("approved_net_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("approved_tax_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "approved_net_cents BETWEEN 0 AND disputed_net_cents AND approved_tax_cents BETWEEN 0 AND disputed_tax_cents",
            name=op.f("ck_dispute_lines_approved_within_disputed"),
        ),
        sa.CheckConstraint(
            "disputed_net_cents >= 0 AND disputed_tax_cents >= 0", name=op.f("ck_dispute_lines_not_negative")
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_lines_dispute_id_disputes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_lines")),
        sa.UniqueConstraint("dispute_id", "position", name=op.f("uq_dispute_lines_dispute_id_position")),
    )
    op.create_table(
        "dispute_messages",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("dispute_id", Id, nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.Column("author", sa.String(length=12), nullable=False),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("staff_id", Id, nullable=True),
        sa.Column("is_private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("author IN ('customer','staff','portal')", name=op.f("ck_dispute_messages_known_author")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_dispute_messages_contact_id_contacts")),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_messages_dispute_id_disputes")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_dispute_messages_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_messages")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dispute_messages_public_id")),
    )
    op.create_index("ix_dispute_messages_dispute_id", "dispute_messages", ["dispute_id"], unique=False)
    op.create_table(
        "dispute_moves",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("dispute_id", Id, nullable=False),
        sa.Column("charge_id", Id, nullable=False),
        sa.Column("moved_at", Instant(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("disputed_net_cents", sa.BigInteger(), nullable=False),
        sa.Column("disputed_tax_cents", sa.BigInteger(), nullable=False),
        sa.Column("clock_net_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("clock_tax_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("clock_filed_on", sa.Date(), nullable=True),
        sa.Column("clock_decided_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('new','in_review','waiting','offered','accepted','partly_accepted','rejected','withdrawn')",
            name=op.f("ck_dispute_moves_known_state"),
        ),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_dispute_moves_charge_id_charges")),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_moves_dispute_id_disputes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_moves")),
    )
    op.create_index("ix_dispute_moves_charge_id", "dispute_moves", ["charge_id"], unique=False)
    op.create_index("ix_dispute_moves_dispute_id", "dispute_moves", ["dispute_id"], unique=False)
    op.create_table(
        "dispute_offers",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("dispute_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("percent_bp", sa.Integer(), nullable=True),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("tax_cents", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("kind IN ('credit','replacement','percentage')", name=op.f("ck_dispute_offers_known_kind")),
        sa.CheckConstraint(
            "state IN ('open','accepted','declined','withdrawn','expired')", name=op.f("ck_dispute_offers_known_state")
        ),
        sa.CheckConstraint("net_cents >= 0 AND tax_cents >= 0", name=op.f("ck_dispute_offers_not_negative")),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_offers_dispute_id_disputes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_offers")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dispute_offers_public_id")),
    )
    op.create_index("ix_dispute_offers_dispute_id", "dispute_offers", ["dispute_id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("session_id", Id, nullable=True),
        sa.Column("dispute_id", Id, nullable=True),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("storage_name", sa.String(length=80), nullable=False),
        sa.Column("thumbnail_name", sa.String(length=80), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_attachments_account_id_accounts")),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_attachments_dispute_id_disputes")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["dispute_messages.id"], name=op.f("fk_attachments_message_id_dispute_messages")
        ),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_attachments_session_id_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attachments_public_id")),
        sa.UniqueConstraint("storage_name", name=op.f("uq_attachments_storage_name")),
        sa.UniqueConstraint("thumbnail_name", name=op.f("uq_attachments_thumbnail_name")),
    )
    op.create_index("ix_attachments_account_id", "attachments", ["account_id"], unique=False)
    op.create_index("ix_attachments_dispute_id", "attachments", ["dispute_id"], unique=False)
    with op.batch_alter_table("links") as batch_op:
        batch_op.add_column(sa.Column("dispute_id", Id, nullable=True))
        batch_op.create_foreign_key(op.f("fk_links_dispute_id_disputes"), "disputes", ["dispute_id"], ["id"])
    with op.batch_alter_table("letters") as batch_op:
        batch_op.add_column(sa.Column("dispute_id", Id, nullable=True))
        batch_op.create_foreign_key(op.f("fk_letters_dispute_id_disputes"), "disputes", ["dispute_id"], ["id"])
    guard(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    unguard(op.get_bind(), APPEND_ONLY)
    with op.batch_alter_table("links") as batch_op:
        batch_op.drop_constraint(op.f("fk_links_dispute_id_disputes"), type_="foreignkey")
        batch_op.drop_column("dispute_id")
    with op.batch_alter_table("letters") as batch_op:
        batch_op.drop_constraint(op.f("fk_letters_dispute_id_disputes"), type_="foreignkey")
        batch_op.drop_column("dispute_id")
    op.drop_table("attachments")
    op.drop_table("dispute_offers")
    op.drop_table("dispute_moves")
    op.drop_table("dispute_messages")
    op.drop_table("dispute_lines")
    op.drop_table("waivers")
    op.drop_table("late_fees")
    op.drop_table("disputes")
