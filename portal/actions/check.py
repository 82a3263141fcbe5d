"""Whether the books hold together: the invariants of money.md 2 on the live data, each breach by name.

The rules judge one account at a time; contradictions between rows are found by the records. Nothing is changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from portal.actions import late_fees, plan_standing, policies, statements
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, accounts, checks, checks_disputed, ledger, plans
from portal.records.accounts import AccountRow
from portal.records.charges import ChargeRow
from portal.records.checks import Contradiction
from portal.rules import invariants
from portal.rules.discounts import full_discount_cents
from portal.rules.invariants import Breach
from portal.rules.late_fees import cap_cents
from portal.rules.plans import KEPT
from portal.rules.statement import activity

# Invariant and sentence of each kind of contradiction.
_CONTRADICTIONS: Mapping[str, tuple[int, str]] = {
    "owner": (1, "is on account {found}, its charge on account {wanted}"),
    "currency": (1, "is in another currency than its account"),
    "issued": (2, "{found} is posted of {wanted}"),
    "credited": (3, "{found} is posted of {wanted}"),
    "lines": (2, "its lines add up to {found}, it is over {wanted}"),
    "allocation": (3, "{found} is posted of {wanted}"),
    "release": (3, "{found} is posted of {wanted}"),
    "write_off": (2, "{found} is posted of {wanted}"),
    "late_fee": (2, "{found} is posted of {wanted}"),
    "waiver": (2, "{found} is posted of {wanted}"),
    "refund": (3, "{found} has left its payment, {wanted} should have"),
    "posted": (4, "{found} payments are posted, there should be {wanted}"),
    "quote": (4, "its quote adds up to {found}, it asks for {wanted}"),
    "holding": (4, "keeps its charges from being paid by another though it has ended, or does not though it is open"),
    "receipts": (4, "has {found} receipts"),
    "discount": (5, "{found} of discount is posted of {wanted}"),
    "disputed": (6, "holds {found} still of {wanted} that is disputed and not approved"),
    "clock": (5, "left the discount clock of {found} running, and {wanted} is left of it"),
    "moved": (6, "is in another state than its last move says"),
    "turn": (6, "is open without a day by which somebody answers, or has one though it is closed"),
    "approved": (3, "credit memos over {found} were written for it, {wanted} is approved"),
    "claimed": (6, "{found} of a line is disputed or was credited for that, the line is over {wanted}"),
    "unquoted": (5, "gives {found} of discount, {wanted} was quoted"),
}
_FIRST_DAY = date(1900, 1, 1)
_LAST_DAY = date(9999, 12, 30)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what was found to be wrong."""

    accounts: int
    charges: int
    movements: int
    breaches: tuple[Breach, ...]


def check_books(session: Session, *, now: datetime) -> Checked:
    """Look at everything there is, as it stands today and as it will stand when dated-ahead movements count."""
    policy = policies.load(session, now=now)
    shapes = invariants.shape_breaches(checks.shapes(session))
    breaches = [*shapes, *_contradictions(session)]
    # What is no movement cannot be weighed: while there are such, the accounts are not looked at one by one.
    for account in [] if shapes else accounts.all_accounts(session):
        breaches += _account_breaches(session, account, policy=policy, now=now)
    counts = checks.counts(session)
    return Checked(counts.accounts, counts.charges, counts.movements, tuple(breaches))


def _contradictions(session: Session) -> Iterator[Breach]:
    for name, (invariant, sentence) in _CONTRADICTIONS.items():
        for row in checks.contradictions(session, name):
            yield Breach(invariant, row.subject, _filled(sentence, row))


def _filled(sentence: str, row: Contradiction) -> str:
    return sentence.format(found=row.found, wanted=row.wanted)


def _account_breaches(session: Session, account: AccountRow, *, policy: Policy, now: datetime) -> Iterator[Breach]:
    charges = {row.id: row for row in checks.all_charges(session, account.id)}
    movements = ledger.of_account(session, account.id, _LAST_DAY)
    amounts = {row.id: row.amount_cents for row in charges.values()}
    full = {row.id: _full_discount(row, policy) for row in charges.values()}
    about_charges = [
        *invariants.open_breaches(amounts, movements),
        *invariants.discount_breaches(full, movements),
        *_late_fee_breaches(session, account, now=now),
    ]
    yield from (_by_number(breach, charges) for breach in about_charges)
    yield from invariants.payment_breaches(checks.received(session, account.id), movements)
    yield from _standing_breaches(session, account, charges, policy=policy)


def _late_fee_breaches(session: Session, account: AccountRow, *, now: datetime) -> Sequence[Breach]:
    """A cap that was lowered since holds for later fees only, so the largest under which any was charged counts."""
    caps: dict[int, int] = {}
    charged: dict[int, int] = {}
    for each in late_fees.drawn(session, account.id, now=now).values():
        invoice_id, cap = each.fee.invoice_id, cap_cents(each.fee.invoice_cents, each.terms)
        caps[invoice_id] = max(cap, caps.get(invoice_id, 0))
        charged[invoice_id] = charged.get(invoice_id, 0) + each.fee.amount_cents
    return invariants.late_fee_breaches(caps, charged)


def _standing_breaches(
    session: Session, account: AccountRow, charges: Mapping[int, ChargeRow], *, policy: Policy
) -> Iterator[Breach]:
    """The statement that the customer sees today, and saw on each day on which a dispute moved, against the movements
    it was made of."""
    for on in {*checks_disputed.days_moved(session, account.id), policy.today}:
        yield from _breaches_on(session, account, charges, on=on, policy=policy)


def _breaches_on(
    session: Session, account: AccountRow, charges: Mapping[int, ChargeRow], *, on: date, policy: Policy
) -> Iterator[Breach]:
    standing = statements.load(session, account, on=on, policy=policy)
    name = account.number or account.name
    movements = ledger.of_account(session, account.id, on)
    for row in standing.statement.rows:
        open_cents = standing.charges[row.item.charge_id].open_cents
        for breach in invariants.parts_breaches(row.item.charge_id, open_cents, row.item.parts):
            yield _by_number(breach, charges)
    if on == policy.today:
        yield from _plan_breaches(session, standing, policy=policy)
    yield from invariants.balance_breaches(name, standing.statement.balance, movements)
    yield from invariants.statement_breaches(name, standing.statement, activity(movements, since=_FIRST_DAY, until=on))


def _plan_breaches(session: Session, standing: Standing, *, policy: Policy) -> Iterator[Breach]:
    for plan in plans.of_account(session, standing.account.id):
        if plan.state in KEPT:
            found = plan_standing.load(session, plan, standing, policy=policy)
            yield from invariants.plan_breaches(
                plan.number, found.rows, left_cents=found.left_cents, on_plan_cents=found.on_plan_cents
            )


def _full_discount(row: ChargeRow, policy: Policy) -> int:
    return full_discount_cents(statements.charge_facts(row, [], [], policy.time_zone))


def _by_number(breach: Breach, charges: Mapping[int, ChargeRow]) -> Breach:
    """The rules know ids; people know numbers."""
    charge = charges.get(int(breach.subject.removeprefix("charge ")))
    return replace(breach, subject=f"{charge.kind} {charge.number}") if charge else breach
