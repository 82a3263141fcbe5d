"""What the walk to a figure names: the numbers and addresses of an account's charges, paid ones too."""

from typing import NamedTuple

from sqlalchemy import bindparam, select

from portal.records.engine import Session
from portal.records.tables import charges


class DocumentRow(NamedTuple):
    """What a charge is called and where it is."""

    public_id: str
    number: str


_CHARGES = select(charges.c.id, charges.c.public_id, charges.c.number).where(
    charges.c.account_id == bindparam("account")
)


def charges_of(session: Session, account_id: int) -> dict[int, DocumentRow]:
    """Every charge of the account by its id."""
    return {row[0]: DocumentRow(row[1], row[2]) for row in session.execute(_CHARGES, {"account": account_id})}
