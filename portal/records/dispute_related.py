"""What stands around a dispute: others of the same customer or about the same goods, and the letter it has staged."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from portal.records.engine import Session
from portal.records.letters import LetterRow
from portal.records.tables import accounts, charge_lines, charges, dispute_lines, disputes, letters
from portal.records.types import cents

_MOST = 8


class RelatedRow(NamedTuple):
    """Another dispute and how it ended, if it has; cents with tax. `description` is the line's, "" where it is about
    several."""

    public_id: str
    number: str
    customer: str
    currency: str
    invoice: str
    description: str
    reason: str
    state: str
    filed_on: date
    disputed_cents: int
    approved_cents: int


class PastRow(NamedTuple):
    """A customer's disputes in all, and those of them that were decided for them, wholly or in part, or against."""

    disputes: int
    accepted: int
    rejected: int


_SUMS = (
    cents(func.sum(dispute_lines.c.disputed_net_cents + dispute_lines.c.disputed_tax_cents)),
    cents(func.sum(dispute_lines.c.approved_net_cents + dispute_lines.c.approved_tax_cents)),
)
_RELATED = (
    select(
        disputes.c.public_id,
        disputes.c.number,
        accounts.c.name,
        accounts.c.currency,
        charges.c.number,
        func.coalesce(func.max(charge_lines.c.description), ""),
        func.max(dispute_lines.c.reason),
        disputes.c.state,
        disputes.c.filed_on,
        *_SUMS,
    )
    .select_from(disputes)
    .join(accounts, accounts.c.id == disputes.c.account_id)
    .join(charges, charges.c.id == disputes.c.charge_id)
    .join(dispute_lines, dispute_lines.c.dispute_id == disputes.c.id)
    .outerjoin(
        charge_lines,
        (charge_lines.c.charge_id == disputes.c.charge_id) & (charge_lines.c.position == dispute_lines.c.position),
    )
    .where(disputes.c.id != bindparam("but"), disputes.c.filed_on >= bindparam("since"))
    .group_by(disputes.c.id, accounts.c.id, charges.c.id)
    .order_by(disputes.c.id.desc())
    .limit(_MOST)
)
_OF_CUSTOMER = _RELATED.where(disputes.c.account_id == bindparam("account"))
_OF_GOODS = _RELATED.where(
    charge_lines.c.description.in_(bindparam("descriptions", expanding=True)),
    disputes.c.charge_id != bindparam("charge"),
)
_PAST = (
    select(disputes.c.state, func.count())
    .where(disputes.c.account_id == bindparam("account"), disputes.c.id != bindparam("but"))
    .group_by(disputes.c.state)
)
_LETTER = (
    select(*(letters.c[name] for name in LetterRow._fields))
    .where(letters.c.dispute_id == bindparam("dispute"), letters.c.contact_id.is_not(None))
    .order_by(letters.c.id.desc())
    .limit(1)
)


def of_customer(session: Session, account_id: int, *, but: int, since: date) -> Sequence[RelatedRow]:
    """The newest of the customer's other disputes that were filed since that day."""
    given = {"account": account_id, "but": but, "since": since}
    return [RelatedRow._make(row) for row in session.execute(_OF_CUSTOMER, given)]


def of_goods(
    session: Session, descriptions: Collection[str], *, charge_id: int, but: int, since: date
) -> Sequence[RelatedRow]:
    """The newest disputes since that day, whoever's, about lines of other invoices that are described the same."""
    if not descriptions:
        return []
    given = {"descriptions": [*descriptions], "charge": charge_id, "but": but, "since": since}
    return [RelatedRow._make(row) for row in session.execute(_OF_GOODS, given)]


def past(session: Session, account_id: int, *, but: int) -> PastRow:
    """How the customer's other disputes have ended."""
    counts = {row[0]: row[1] for row in session.execute(_PAST, {"account": account_id, "but": but})}
    accepted = counts.get("accepted", 0) + counts.get("partly_accepted", 0)
    return PastRow(sum(counts.values()), accepted, counts.get("rejected", 0))


def newest_letter(session: Session, dispute_id: int) -> LetterRow | None:
    """The last letter about it that was written to the customer, sent or not."""
    row = session.execute(_LETTER, {"dispute": dispute_id}).first()
    return LetterRow(*row) if row else None
