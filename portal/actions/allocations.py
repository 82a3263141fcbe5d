"""Putting money on charges: what the rules decided, as allocations and the movements named after them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.records import Session, ledger, reversals
from portal.records.accounts import AccountRow
from portal.records.reversals import PartRow
from portal.rules import ledger as rules
from portal.rules.allocation import Application, OpenItem
from portal.rules.discounts import tax_part_cents


@dataclass(frozen=True, slots=True)
class Source:
    """Whose money is put on charges: a payment's, a credit memo's."""

    payment_id: int | None = None
    credit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """`started_on` is the day whose discount terms the money gets; it is applied on `applied_on`, at the earliest."""

    started_on: date
    applied_on: date
    today: date
    now: datetime


def put_on_charges(
    session: Session,
    account: AccountRow,
    source: Source,
    applications: Sequence[Application],
    items: Sequence[OpenItem],
    terms: Terms,
) -> rules.Movements:
    """Write the allocations, and answer their movements to be posted with what else belongs to them.

    `amount_cents` of an application come from the source; its `credit_cents` from account credit, the oldest first.
    """
    by_id = {item.charge_id: item for item in items}
    uses_credit = any(application.credit_cents for application in applications)
    parts = reversals.unapplied_parts(session, account.id, terms.today) if uses_credit else ()
    credit = _Credit(parts, without=source)
    movements: list[rules.Movement] = []
    for application in applications:
        item = by_id[application.charge_id]
        # Nothing of a charge is open before the day it is issued.
        on = max(_day(session, application, terms), item.issued_on)
        pieces = [(source, application.amount_cents, on)] if application.amount_cents else []
        # Credit is put to use today, whenever the money beside it had arrived.
        credit_on = max(terms.today, item.issued_on)
        pieces += [(part, cents, credit_on) for part, cents in credit.draw(application.credit_cents)]
        discount_cents = application.discount_cents
        tax_cents = tax_part_cents(item.facts, discount_cents) if item.facts else 0
        beside_cents = item.payable_cents - discount_cents
        for part, cents, applied_on in pieces:
            movements += allocate(
                session,
                account,
                part,
                Application(application.charge_id, cents, discount_cents),
                tax_cents=tax_cents,
                on_plan_cents=max(0, min(cents, cents - beside_cents)),
                started_on=terms.started_on,
                on=applied_on,
                now=terms.now,
            )
            beside_cents -= cents
            # The discount of a charge comes once, with the first money put on it.
            discount_cents = tax_cents = 0
    return tuple(movements)


def allocate(
    session: Session,
    account: AccountRow,
    source: Source,
    application: Application,
    *,
    tax_cents: int,
    started_on: date,
    on: date,
    now: datetime,
    on_plan_cents: int = 0,
) -> rules.Movements:
    """One allocation with its discount, of which tax_cents debit tax_payable; answers its movements.

    `on_plan_cents` is what of its money could not have been paid beside a plan that covers the charge.
    """
    allocation_id = ledger.add_allocation(
        session,
        {
            "account_id": account.id,
            "payment_id": source.payment_id,
            "credit_id": source.credit_id,
            "charge_id": application.charge_id,
            "amount_cents": application.amount_cents,
            "discount_cents": application.discount_cents,
            "on_plan_cents": on_plan_cents,
            "started_on": started_on,
            "effective_on": on,
            "created_at": now,
        },
    )
    applied = rules.applied(
        allocation_id,
        application.charge_id,
        amount_cents=application.amount_cents,
        on=on,
        payment_id=source.payment_id,
        credit_id=source.credit_id,
    )
    discount = rules.discount_given(
        allocation_id,
        application.charge_id,
        discount_cents=application.discount_cents,
        tax_cents=tax_cents,
        on=on,
        payment_id=source.payment_id,
        credit_id=source.credit_id,
    )
    return (*applied, *discount)


def _day(session: Session, application: Application, terms: Terms) -> date:
    """The day on which it is put there: what is dated back takes nothing that was not open on every day since."""
    if terms.applied_on >= terms.today:
        return terms.applied_on
    movements = ledger.of_charge(session, application.charge_id, date.max)
    cents = application.amount_cents + application.discount_cents + application.credit_cents
    return rules.open_from(movements, cents, since=terms.applied_on, today=terms.today)


class _Credit:
    """Account credit being used up, the oldest first, but for what is of the source itself."""

    def __init__(self, parts: Sequence[PartRow], *, without: Source) -> None:
        self._left = [
            (Source(part.payment_id, part.credit_id), part.unapplied_cents)
            for part in parts
            if Source(part.payment_id, part.credit_id) != without
        ]

    def draw(self, cents: int) -> Iterator[tuple[Source, int]]:
        """As much as there is, up to cents."""
        while cents and self._left:
            source, there = self._left.pop(0)
            taken = min(cents, there)
            cents -= taken
            if there > taken:
                self._left.insert(0, (source, there - taken))
            yield source, taken
