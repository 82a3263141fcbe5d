"""What must hold of the books at all times (money.md 2), each breach named: for `portal check` and property tests."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.rules.balance import Balance, Parts
from portal.rules.instalments import Instalment
from portal.rules.ledger import LedgerAccount, Movement, receivable_cents, unapplied_cents
from portal.rules.statement import Activity, Statement

ARRIVALS = frozenset({LedgerAccount.CLEARING, LedgerAccount.BANK})


@dataclass(frozen=True, slots=True)
class Breach:
    """The number of the invariant in money.md 2, whose figures are wrong, and what is wrong in a sentence."""

    invariant: int
    subject: str
    sentence: str


@dataclass(slots=True)
class _Flow:
    received_cents: int = 0
    applied_cents: int = 0
    left_again_cents: int = 0


def shape_breaches(rows: Iterable[tuple[str, str, str, int]]) -> list[Breach]:
    """1: (source, debit, credit, amount_cents) as stored; the two accounts differ, the amount is above 0."""
    found, seen, trial = [], set(), defaultdict[str, int](int)
    for source, debit, credit, amount_cents in rows:
        trial[debit] += amount_cents
        trial[credit] -= amount_cents
        if debit == credit:
            found.append(Breach(1, source, f"debits and credits the same account, {debit}"))
        if amount_cents <= 0:
            found.append(Breach(1, source, f"moves {amount_cents}, which is not above 0"))
        if source in seen:
            found.append(Breach(1, source, "is posted more than once"))
        seen.add(source)
    if sum(trial.values()):
        found.append(Breach(1, "the books", "debits and credits differ"))
    return found


def open_breaches(amounts: Mapping[int, int], movements: Iterable[Movement]) -> list[Breach]:
    """2: 0 <= open <= amount for every charge on every day; amounts is charge id -> amount_cents as issued."""
    by_day: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for movement in movements:
        if movement.charge_id is not None or receivable_cents(movement):
            by_day[movement.charge_id or 0][movement.effective_on] += receivable_cents(movement)
    return [
        Breach(2, f"charge {charge_id}", f"open is {worst}{_when(days, on)}, outside 0 to {amounts.get(charge_id, 0)}")
        for charge_id, days in sorted(by_day.items())
        for on, worst in _outside(days, amounts.get(charge_id, 0))
    ]


def _outside(days: Mapping[date, int], most: int) -> Iterator[tuple[date, int]]:
    """The last day, if there is one, at whose end the running total is below 0 or above the most."""
    found, running = None, 0
    for on in sorted(days):
        running += days[on]
        if not 0 <= running <= most:
            found = on, running
    if found:
        yield found


def _when(days: Mapping[date, int], on: date) -> str:
    """Which day is meant, where it is not how things stand in the end."""
    return "" if on == max(days) else f" on {on.isoformat()}"


def payment_breaches(received: Mapping[int, int], movements: Iterable[Movement]) -> list[Breach]:
    """3: applied + unapplied + refunded or returned = received; received is payment id -> amount_cents.

    What left a payment beyond what it had is the customer's to pay again by a debit note, and has not left it.
    """
    flows: dict[int, _Flow] = {payment_id: _Flow() for payment_id in received}
    found = []
    for movement in movements:
        if movement.payment_id is None and movement.debit in ARRIVALS and unapplied_cents(movement):
            found.append(Breach(3, movement.source, f"brings {movement.amount_cents} that no payment names"))
        if movement.payment_id is None or not unapplied_cents(movement):
            continue
        flow, change = flows.setdefault(movement.payment_id, _Flow()), unapplied_cents(movement)
        if movement.source.startswith("charge:"):
            flow.left_again_cents -= change
        elif LedgerAccount.RECEIVABLE in (movement.debit, movement.credit):
            flow.applied_cents -= change
        elif change > 0 and movement.debit in ARRIVALS and not movement.source.endswith("/failed"):
            flow.received_cents += change
        else:
            flow.left_again_cents -= change
    for payment_id, flow in sorted(flows.items()):
        expected = received.get(payment_id, 0)
        unapplied = flow.received_cents - flow.applied_cents - flow.left_again_cents
        if flow.received_cents != expected:
            sentence = f"{flow.received_cents} is posted of {expected} received"
            found.append(Breach(3, f"payment {payment_id}", sentence))
        if min(flow.applied_cents, flow.left_again_cents, unapplied) < 0:
            sentence = f"applied {flow.applied_cents}, unapplied {unapplied}, left again {flow.left_again_cents}"
            found.append(Breach(3, f"payment {payment_id}", sentence))
    return found


def discount_breaches(full: Mapping[int, int], movements: Iterable[Movement]) -> list[Breach]:
    """5: 0 <= discounts on a charge <= its full discount as issued; full is charge id -> discount_cents."""
    given: dict[int, int] = defaultdict(int)
    for movement in movements:
        if movement.charge_id is not None and movement.source.startswith("discount:"):
            given[movement.charge_id] -= receivable_cents(movement)
    return [
        Breach(5, f"charge {charge_id}", f"discounts are {cents}, outside 0 to {full.get(charge_id, 0)}")
        for charge_id, cents in sorted(given.items())
        if not 0 <= cents <= full.get(charge_id, 0)
    ]


def late_fee_breaches(caps: Mapping[int, int], charged: Mapping[int, int]) -> list[Breach]:
    """5: late fees on an invoice <= its cap; both are invoice id -> cents."""
    return [
        Breach(5, f"charge {invoice_id}", f"late fees are {cents}, above their cap of {caps.get(invoice_id, 0)}")
        for invoice_id, cents in sorted(charged.items())
        if cents > caps.get(invoice_id, 0)
    ]


def parts_breaches(charge_id: int, open_cents: int, parts: Parts) -> list[Breach]:
    """6: payable + pending + disputed + on plan = open, each >= 0."""
    each = (parts.payable_cents, parts.pending_cents, parts.disputed_cents, parts.on_plan_cents)
    if sum(each) == open_cents and min(each) >= 0:
        return []
    return [Breach(6, f"charge {charge_id}", f"its parts {each} do not make up its open amount {open_cents}")]


def plan_breaches(number: str, rows: Sequence[Instalment], *, left_cents: int, on_plan_cents: int) -> list[Breach]:
    """7: the unposted instalments of a kept plan = pending + frozen + on plan of what it covers."""
    found = []
    open_cents = sum(row.open_cents for row in rows)
    if open_cents != left_cents:
        found.append(Breach(7, f"plan {number}", f"its instalments ask for {open_cents}, {left_cents} are left of it"))
    asked_cents = sum(row.left_cents for row in rows)
    if asked_cents != on_plan_cents:
        sentence = f"its instalments ask for {asked_cents} now, {on_plan_cents} of its charges is on it"
        found.append(Breach(7, f"plan {number}", sentence))
    return found


def balance_breaches(customer: str, balance: Balance, movements: Iterable[Movement]) -> list[Breach]:
    """6: balance = sum of open - account credit, both as the movements say."""
    movements = list(movements)
    open_cents = credit_cents = 0
    for movement in movements:
        open_cents += receivable_cents(movement)
        credit_cents += unapplied_cents(movement)
    found = []
    if balance.open_cents != open_cents or balance.balance_cents != open_cents - credit_cents:
        sentence = f"balance {balance.balance_cents}, but the books say {open_cents - credit_cents}"
        found.append(Breach(6, customer, sentence))
    days: dict[date, int] = defaultdict(int)
    for movement in movements:
        days[movement.effective_on] += unapplied_cents(movement)
    for on, worst in _outside(days, sum(cents for cents in days.values() if cents > 0)):
        found.append(Breach(6, customer, f"account credit is {worst}{_when(days, on)}, below 0"))
    return found


def statement_breaches(customer: str, statement: Statement, activity: Activity) -> list[Breach]:
    """8: opening + its lines = closing; aging buckets - account credit = closing, on the same day."""
    found = []
    if activity.opening_cents + sum(line.amount_cents for line in activity.lines) != activity.closing_cents:
        found.append(Breach(8, customer, "the statement's lines do not lead from opening to closing"))
    if statement.aging.total_cents != activity.closing_cents:
        sentence = f"aging adds up to {statement.aging.total_cents}, the statement to {activity.closing_cents}"
        found.append(Breach(8, customer, sentence))
    return found
