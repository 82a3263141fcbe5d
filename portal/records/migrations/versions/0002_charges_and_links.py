"""What is owed, and the links that show it"""

import sqlalchemy as sa
from alembic import op

from portal.records.append_only import guard, unguard
from portal.records.types import Id, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "charges",
    "charge_lines",
)


def upgrade() -> None:
    op.create_table(
        "charges",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("tax_cents", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.String(length=64), nullable=False),
        sa.Column("discount_base", sa.String(length=24), nullable=False),
        sa.Column("discount_mode", sa.String(length=12), nullable=False),
        sa.Column("memo", sa.Text(), server_default="", nullable=False),
        sa.Column("is_history", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_charges_amount_positive")),
        sa.CheckConstraint("tax_cents >= 0 AND tax_cents <= amount_cents", name=op.f("ck_charges_tax_within_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_charges_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charges")),
        sa.UniqueConstraint("number", name=op.f("uq_charges_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_charges_public_id")),
    )
    op.create_index("ix_charges_account_id_due_on", "charges", ["account_id", "due_on"], unique=False)
    op.create_table(
        "charge_lines",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("charge_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", sa.String(length=40), server_default="", nullable=False),
        sa.Column("unit_price", sa.String(length=40), server_default="", nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("tax_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_charge_lines_charge_id_charges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_lines")),
        sa.UniqueConstraint("charge_id", "position", name=op.f("uq_charge_lines_charge_id_position")),
    )
    op.create_table(
        "links",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("charge_id", Id, nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_links_account_id_accounts")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_links_charge_id_charges")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_links_contact_id_contacts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("public_id", name=op.f("uq_links_public_id")),
    )
    op.create_index("ix_links_account_id", "links", ["account_id"], unique=False)
    op.create_table(
        "grants",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("session_id", Id, nullable=False),
        sa.Column("link_id", Id, nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_grants_link_id_links")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_grants_session_id_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint(
            "session_id", "link_id", "link_version", name=op.f("uq_grants_session_id_link_id_link_version")
        ),
    )
    guard(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    unguard(op.get_bind(), APPEND_ONLY)
    op.drop_table("grants")
    op.drop_table("links")
    op.drop_table("charge_lines")
    op.drop_table("charges")
