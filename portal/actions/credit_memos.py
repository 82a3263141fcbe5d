"""Credit memos: written for a charge, with its share of the tax, and put on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from portal.actions.allocations import Source, allocate
from portal.actions.statements import NOTHING_HELD, Held, charge_facts, held_by_disputes
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
            charge_id, started_on = release.charge_id, release.started_on
            _put(session, account, part.credit_id, charge_id, cents, started_on=started_on, on=on, now=now)
        if left:
            _write(session, account, release, left, zone=zone, reason=reason, on=on, now=now)


def issue(
    session: Session,
    account: AccountRow,
    charge_id: int,
    *,
    net_cents: int,
    tax_cents: int,
    zone: str,
    reason: str,
    on: date,
    now: datetime,
) -> int:
    """Credit so much of a charge and put the memo on it; what does not fit is account credit. Answers the memo's id.

    It takes back its share of a discount that was given on the charge: what was not owed earned none.
    """
    charge = charges.by_id(session, charge_id, on)
    facts = _facts(session, account, charge, zone, on)
    credit_id, share_cents = _issue(
        session, account, charge, facts, net_cents=net_cents, tax_cents=tax_cents, reason=reason, on=on, now=now
    )
    fits = min(net_cents + tax_cents, charge.open_cents + share_cents)
    if fits:
        _put(session, account, credit_id, charge_id, fits, started_on=on, on=on, now=now)
    return credit_id


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
    facts = _facts(session, account, charge, zone, on)
    before = facts.credited_net_cents + facts.credited_tax_cents
    value = _value(facts, charge, before, cents)
    tax_cents = accumulated_share(charge.tax_cents, before, value, charge.amount_cents)
    credit_id, share_cents = _issue(
        session, account, charge, facts, net_cents=value - tax_cents, tax_cents=tax_cents, reason=reason, on=on, now=now
    )
    fits = min(value, cents + share_cents)
    _put(session, account, credit_id, release.charge_id, fits, started_on=release.started_on, on=on, now=now)


def _facts(session: Session, account: AccountRow, charge: ChargeRow, zone: str, on: date) -> Facts:
    """For what a memo takes back: the memos before it lowered the base by all of their value, wherever that went.

    What is disputed now may still be owed, and takes nothing back; clocks tell at what rate a discount was given.
    """
    clocks = held_by_disputes(session, account.id, on).get(charge.id, NOTHING_HELD).clocks
    settlements = charges.settlements(session, [charge.id], date.max)
    facts = charge_facts(charge, settlements, (), zone, held=Held(clocks=clocks))
    memos = credits.of_charge(session, charge.id)
    tax_cents = sum(memo.tax_cents for memo in memos)
    net_cents = sum(memo.amount_cents for memo in memos) - tax_cents
    return replace(facts, credited_net_cents=net_cents, credited_tax_cents=tax_cents)


def _issue(
    session: Session,
    account: AccountRow,
    charge: ChargeRow,
    facts: Facts,
    *,
    net_cents: int,
    tax_cents: int,
    reason: str,
    on: date,
    now: datetime,
) -> tuple[int, int]:
    """The memo's id, and the share of the discount that it takes back."""
    values: dict[str, object] = {
        "account_id": account.id,
        "charge_id": charge.id,
        "number": numbers.next_credit_number(session, "CM"),
        "issued_on": on,
        "amount_cents": net_cents + tax_cents,
        "tax_cents": tax_cents,
        "reason": reason,
    }
    credit_id = credits.add(session, values, now=now)
    posted = rules.credit_issued(credit_id, net_cents=net_cents, tax_cents=tax_cents, on=on)
    share_cents = _taken_back_by(facts, net_cents, tax_cents)
    posted += _taken_back(session, charge.id, share_cents, credit_id, on=on)
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)
    return credit_id, share_cents


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
    return _taken_back_by(facts, value_cents - tax_cents, tax_cents)


def _taken_back_by(facts: Facts, net_cents: int, tax_cents: int) -> int:
    credited = replace(
        facts,
        credited_net_cents=facts.credited_net_cents + net_cents,
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
    session: Session,
    account: AccountRow,
    credit_id: int,
    charge_id: int,
    cents: int,
    *,
    started_on: date,
    on: date,
    now: datetime,
) -> None:
    posted = allocate(
        session,
        account,
        Source(credit_id=credit_id),
        Application(charge_id, cents, 0),
        tax_cents=0,
        started_on=started_on,
        on=on,
        now=now,
    )
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)
