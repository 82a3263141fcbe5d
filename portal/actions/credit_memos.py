"""Credit memos: written for a charge, with its share of the tax, and put on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from portal.actions.allocations import Source, allocate
from portal.actions.statements import charge_facts
from portal.records import Session, charges, credits, ledger, numbers, reversals
from portal.records.accounts import AccountRow
from portal.records.charges import ChargeRow
from portal.rules import ledger as rules
from portal.rules.allocation import Application
from portal.rules.discounts import Facts, taken_back_cents
from portal.rules.money import accumulated_share, share
from portal.rules.reversals import Release


def cover(
    session: Session,
    account: AccountRow,
    releases: Sequence[Release],
    *,
    zone: str,
    reason: str,
    on: date,
    now: datetime,
) -> None:
    """Let credit memos take the place of money that went back, so that its charges stay paid.

    Credit memos that are on no charge yet are used first; a new one is written for the rest.
    """
    for release in releases:
        left = release.amount_cents
        for part in reversals.unapplied_parts(session, account.id, date.max):
            cents = min(left, part.unapplied_cents)
            if part.credit_id is None or not cents:
                continue
            left -= cents
            _put(session, account, part.credit_id, release, cents, on=on, now=now)
        if left:
            _write(session, account, release, left, zone=zone, reason=reason, on=on, now=now)


def _write(
    session: Session,
    account: AccountRow,
    release: Release,
    cents: int,
    *,
    zone: str,
    reason: str,
    on: date,
    now: datetime,
) -> None:
    """A credit memo whose value, less the discount that it takes back, is that much; put on the charge."""
    charge = charges.by_id(session, release.charge_id, on)
    facts = charge_facts(charge, charges.settlements(session, [charge.id], date.max), (), zone)
    before = sum(memo.amount_cents for memo in credits.of_account(session, account.id) if memo.charge_id == charge.id)
    value = _value(facts, charge, before, cents)
    tax_cents = accumulated_share(charge.tax_cents, before, value, charge.amount_cents)
    values: dict[str, object] = {
        "account_id": account.id,
        "charge_id": charge.id,
        "number": numbers.next_credit_number(session, "CM"),
        "issued_on": on,
        "amount_cents": value,
        "tax_cents": tax_cents,
        "reason": reason,
    }
    credit_id = credits.add(session, values, now=now)
    posted = rules.credit_issued(credit_id, net_cents=value - tax_cents, tax_cents=tax_cents, on=on)
    share_cents = _share_of_discount(facts, charge, before, value)
    posted += _taken_back(session, charge.id, share_cents, credit_id, on=on)
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)
    _put(session, account, credit_id, release, min(value, cents + share_cents), on=on, now=now)


def _value(facts: Facts, charge: ChargeRow, before_cents: int, cents: int) -> int:
    """The least value that is worth that much once it has taken back its share of the discount, which only grows."""
    least, most = cents, max(cents, charge.amount_cents)
    while least < most:
        middle = (least + most) // 2
        if middle - _share_of_discount(facts, charge, before_cents, middle) < cents:
            least = middle + 1
        else:
            most = middle
    return least


def _share_of_discount(facts: Facts, charge: ChargeRow, before_cents: int, value_cents: int) -> int:
    """What a credit memo of that value takes back of the discounts that stand on its charge."""
    tax_cents = accumulated_share(charge.tax_cents, before_cents, value_cents, charge.amount_cents)
    credited = replace(
        facts,
        credited_net_cents=facts.credited_net_cents + value_cents - tax_cents,
        credited_tax_cents=facts.credited_tax_cents + tax_cents,
    )
    return taken_back_cents(credited)


def _taken_back(session: Session, charge_id: int, cents: int, credit_id: int, *, on: date) -> rules.Movements:
    """The newest discounts first."""
    movements: rules.Movements = ()
    for each in reversed(reversals.applied_on_charge(session, charge_id)):
        part = min(cents, each.discount_cents)
        cents -= part
        movements += rules.discount_reversed(
            each.allocation_id,
            charge_id,
            discount_cents=part,
            tax_cents=share(each.discount_tax_cents, part, each.discount_cents),
            on=on,
            because=f"credit:{credit_id}",
        )
    return movements


def _put(
    session: Session, account: AccountRow, credit_id: int, release: Release, cents: int, *, on: date, now: datetime
) -> None:
    posted = allocate(
        session,
        account,
        Source(credit_id=credit_id),
        Application(release.charge_id, cents, 0),
        tax_cents=0,
        started_on=release.started_on,
        on=on,
        now=now,
    )
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)
