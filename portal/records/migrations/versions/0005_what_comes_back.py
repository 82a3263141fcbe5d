"""What comes back: refunds, chargebacks, releases, write-offs; notices, breaks, and how far work has come"""

import sqlalchemy as sa
from alembic import op

from portal.records.append_only import guard, unguard
from portal.records.types import Id, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "releases",
    "write_offs",
)


def upgrade() -> None:
    op.create_table(
        "breaks",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.Column("repair", sa.Text(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaks")),
    )
    op.create_index(
        "uq_breaks_open_key",
        "breaks",
        ["key"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
    )
    op.create_table(
        "notices",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("contact_id", Id, nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("method", sa.String(length=24), server_default="", nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=120), server_default="", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.CheckConstraint("kind IN ('sent','refund')", name=op.f("ck_notices_known_kind")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_notices_amount_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notices_account_id_accounts")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_notices_contact_id_contacts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notices_public_id")),
    )
    op.create_index("ix_notices_account_id", "notices", ["account_id"], unique=False)
    op.create_table(
        "write_offs",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("charge_id", Id, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("tax_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_write_offs_amount_positive")),
        sa.CheckConstraint(
            "tax_cents >= 0 AND tax_cents <= amount_cents", name=op.f("ck_write_offs_tax_within_amount")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_write_offs_account_id_accounts")),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_write_offs_charge_id_charges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_offs")),
    )
    op.create_index("ix_write_offs_charge_id", "write_offs", ["charge_id"], unique=False)
    op.create_table(
        "chargebacks",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("stripe_dispute_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("answer_by", Instant(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("noticed_at", Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('inquiry','chargeback','return')", name=op.f("ck_chargebacks_known_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_chargebacks_account_id_accounts")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_chargebacks_payment_id_payments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chargebacks")),
        sa.UniqueConstraint("stripe_dispute_id", name=op.f("uq_chargebacks_stripe_dispute_id")),
    )
    op.create_index("ix_chargebacks_account_id", "chargebacks", ["account_id"], unique=False)
    op.create_index("ix_chargebacks_payment_id", "chargebacks", ["payment_id"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("covers", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("stripe_refund_id", sa.String(length=80), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "state IN ('created','pending','succeeded','failed','refused')", name=op.f("ck_refunds_known_state")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_refunds_account_id_accounts")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id_payments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("public_id", name=op.f("uq_refunds_public_id")),
        sa.UniqueConstraint("stripe_refund_id", name=op.f("uq_refunds_stripe_refund_id")),
    )
    op.create_index("ix_refunds_account_id", "refunds", ["account_id"], unique=False)
    op.create_index("ix_refunds_payment_id", "refunds", ["payment_id"], unique=False)
    op.create_table(
        "releases",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("allocation_id", Id, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("discount_cents", sa.BigInteger(), nullable=False),
        sa.Column("discount_tax_cents", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.String(length=120), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_releases_amount_positive")),
        sa.CheckConstraint("discount_cents >= 0", name=op.f("ck_releases_discount_not_negative")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_releases_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocations.id"], name=op.f("fk_releases_allocation_id_allocations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
    )
    op.create_index("ix_releases_allocation_id", "releases", ["allocation_id"], unique=False)
    op.create_index("ix_releases_because", "releases", ["because"], unique=False)
    op.create_index("ix_payments_attempt_id", "payments", ["attempt_id"], unique=False)
    op.drop_table("leases")
    with op.batch_alter_table("attempt_charges") as batch_op:
        batch_op.add_column(sa.Column("credit_cents", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.create_check_constraint(op.f("ck_attempt_charges_credit_not_negative"), "credit_cents >= 0")
    with op.batch_alter_table("letters") as batch_op:
        batch_op.add_column(sa.Column("refund_id", Id, nullable=True))
        batch_op.add_column(sa.Column("chargeback_id", Id, nullable=True))
        batch_op.add_column(sa.Column("notice_id", Id, nullable=True))
        batch_op.alter_column("contact_id", existing_type=Id, nullable=True)
        batch_op.create_foreign_key(
            op.f("fk_letters_chargeback_id_chargebacks"), "chargebacks", ["chargeback_id"], ["id"]
        )
        batch_op.create_foreign_key(op.f("fk_letters_notice_id_notices"), "notices", ["notice_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_letters_refund_id_refunds"), "refunds", ["refund_id"], ["id"])
    guard(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    unguard(op.get_bind(), APPEND_ONLY)
    op.execute("DELETE FROM letters WHERE contact_id IS NULL")
    with op.batch_alter_table("letters") as batch_op:
        batch_op.drop_constraint(op.f("fk_letters_refund_id_refunds"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_letters_notice_id_notices"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_letters_chargeback_id_chargebacks"), type_="foreignkey")
        batch_op.alter_column("contact_id", existing_type=Id, nullable=False)
        batch_op.drop_column("notice_id")
        batch_op.drop_column("chargeback_id")
        batch_op.drop_column("refund_id")
    with op.batch_alter_table("attempt_charges") as batch_op:
        batch_op.drop_constraint(op.f("ck_attempt_charges_credit_not_negative"), type_="check")
        batch_op.drop_column("credit_cents")
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.drop_index("ix_payments_attempt_id", "payments")
    op.drop_table("releases")
    op.drop_table("refunds")
    op.drop_table("chargebacks")
    op.drop_table("write_offs")
    op.drop_table("notices")
    op.drop_table("marks")
    op.drop_table("breaks")
