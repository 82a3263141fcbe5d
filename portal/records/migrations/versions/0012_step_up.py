"""Codes mailed to a contact's own address, the browsers they confirmed, and the letter that carries one"""

import sqlalchemy as sa
from alembic import op

from portal.records.types import Id, Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "step_codes",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("session_id", Id, nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_step_codes_contact_id_contacts")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_step_codes_session_id_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_codes")),
    )
    op.create_index("ix_step_codes_session_id", "step_codes", ["session_id"], unique=False)
    op.create_table(
        "devices",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("contact_id", Id, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_devices_contact_id_contacts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("contact_id", "secret_hash", name=op.f("uq_devices_contact_id_secret_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_devices_public_id")),
    )
    op.create_index("ix_devices_contact_id", "devices", ["contact_id"], unique=False)
    with op.batch_alter_table("letters") as batch_op:
        batch_op.add_column(sa.Column("code_id", Id, nullable=True))
        batch_op.create_foreign_key(op.f("fk_letters_code_id_step_codes"), "step_codes", ["code_id"], ["id"])


def downgrade() -> None:
    op.execute("DELETE FROM letters WHERE code_id IS NOT NULL")
    with op.batch_alter_table("letters") as batch_op:
        batch_op.drop_constraint(op.f("fk_letters_code_id_step_codes"), type_="foreignkey")
        batch_op.drop_column("code_id")
    op.drop_table("devices")
    op.drop_table("step_codes")
