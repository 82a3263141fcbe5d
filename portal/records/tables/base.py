"""The one metadata object, and the columns that every table shares."""

from sqlalchemy import Column, ForeignKey, MetaData, String

from portal.records.types import Id

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def row_id() -> Column[int]:
    """What rows refer to each other by; it stays out of addresses."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def public_id() -> Column[str]:
    """What addresses call a row: see `new_public_id`."""
    return Column("public_id", String(32), nullable=False, unique=True)


def ref(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    """A foreign key. Neither database indexes one by itself: `index` where rows are looked up by it."""
    return Column(name, Id, ForeignKey(target), nullable=nullable, index=index)
