"""What should be collected: how much, on which day, and how long before it is announced.

A bank debit whose amount is not that of the one before is announced longer ahead, so what autopay will take before it
decides about its notice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.actions import collection_letters, collection_sums
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, collections, saved_methods
from portal.records.autopays import AutopayRow
from portal.records.collections import CollectionRow
from portal.records.saved_methods import MethodRow
from portal.rules.allocation import Quote
from portal.rules.collecting import charge_on, notice_days
from portal.rules.dates import local_day
from portal.rules.statement import Item

# What autopay charges.
_CHARGED = ("invoice", "late_fee")


@dataclass(frozen=True, slots=True)
class Moment:
    """The transaction, with what all of its decisions are made of."""

    session: Session
    standing: Standing
    policy: Policy
    now: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be collected (None: nothing can be), on which day, announced how many days before it. `cause` are the
    columns that say what it is for. `is_short`: it waits, and its notice is not long enough for what comes before."""

    due: Quote | None
    wanted_on: date
    days: int
    method: MethodRow
    cause: Mapping[str, object]
    is_short: bool = False


@dataclass(frozen=True, slots=True)
class Leave:
    """The leave to charge an account's invoices, with what, and what has been announced or charged under it by now.

    `items` are the open charges that it is for. `prices` is what each of them costs on its due day, in cents by charge,
    and `last_cents` what was charged last: only for bank debits, whose notice depends on it.
    """

    autopay: AutopayRow
    method: MethodRow
    items: Sequence[Item]
    rows: Mapping[int | None, CollectionRow]
    prices: Mapping[int, int]
    last_cents: int | None


def leave(at: Moment, autopay: AutopayRow) -> Leave:
    """The leave as it stands at the moment."""
    method = saved_methods.by_id(at.session, autopay.method_id)
    items = [row.item for row in at.standing.statement.rows if row.item.kind in _CHARGED]
    rows = {row.charge_id: row for row in collections.of_autopay(at.session, autopay.id)}
    if collection_sums.kind_of(method) == "card":
        return Leave(autopay, method, items, rows, {}, None)
    last_cents = collections.last_of_autopay(at.session, autopay.account_id)
    return Leave(autopay, method, items, rows, _prices(at, items), last_cents)


def of_invoice(at: Moment, leave: Leave, item: Item) -> Wish:
    """An invoice on its due day, at what it costs on the day of the charge."""
    autopay, method, row = leave.autopay, leave.method, leave.rows.get(item.charge_id)
    earliest = local_day(autopay.agreed_at, at.policy.time_zone) + timedelta(days=1)
    wanted_on = max(item.due_on, earliest)
    cause = {"autopay_id": autopay.id, "charge_id": item.charge_id}
    kind, today = collection_sums.kind_of(method), at.policy.today
    short, long = notice_days(kind, varies=False), notice_days(kind, varies=True)
    if row is not None and row.state == "waiting":
        is_short = row.notice_days < long and _is_short(at, leave, item, row)
        due = collection_sums.of_charge(at.standing, item.charge_id, on=max(row.next_on, today))
        if is_short or (due and due.total_cents > row.noticed_cents):
            # It is announced anew, and costs what it does on the day to which that puts it off.
            on = charge_on(row.next_on, noticed_on=today, days=long)
            due = collection_sums.of_charge(at.standing, item.charge_id, on=on)
        return Wish(due, wanted_on, long, method, cause, is_short)
    on = charge_on(wanted_on, noticed_on=today, days=short)
    due = collection_sums.of_charge(at.standing, item.charge_id, on=on)
    if due is None or not _varies(at, leave, item, on, due.total_cents):
        return Wish(due, wanted_on, short, method, cause)
    on = charge_on(wanted_on, noticed_on=today, days=long)
    return Wish(collection_sums.of_charge(at.standing, item.charge_id, on=on), wanted_on, long, method, cause)


def is_told_in_time(session: Session, row: CollectionRow, *, today: date) -> bool:
    """Whether the notice of what is about to be charged is long enough, now that one knows what was charged last. Where
    less is owed by now than was announced, less is charged, as the notice says, and it needs no other."""
    if row.autopay_id is None or row.tries:
        return True
    last_cents = collections.last_of_autopay(session, row.account_id)
    kind = collection_sums.kind_of(saved_methods.by_id(session, row.method_id))
    days = notice_days(kind, varies=last_cents not in (None, row.noticed_cents))
    return row.noticed_on + timedelta(days=days) <= today


def _prices(at: Moment, items: Iterable[Item]) -> dict[int, int]:
    found = {}
    for item in items:
        due = collection_sums.of_charge(at.standing, item.charge_id, on=max(item.due_on, at.policy.today))
        if due is not None:
            found[item.charge_id] = due.total_cents
    return found


def _is_short(at: Moment, leave: Leave, item: Item, row: CollectionRow) -> bool:
    """Whether what was announced may follow a debit of another amount after all: its letter was late, or what comes
    before it is new. A second try of a debit is of the amount of the first."""
    if row.tries:
        return False
    is_told = collection_letters.announced(at.session, row) == "sent"
    day = row.next_on if is_told else charge_on(row.next_on, noticed_on=at.policy.today, days=row.notice_days)
    return _varies(at, leave, item, day, row.noticed_cents)


def _varies(at: Moment, leave: Leave, item: Item, day: date, cents: int) -> bool:
    """Whether a bank debit of that day may follow one of another amount: what was charged last, is announced for no
    later a day, or can be. Any may be the one before it."""
    before = set() if leave.last_cents is None else {leave.last_cents}
    soonest = at.policy.today + timedelta(days=notice_days("us_bank_account", varies=False))
    for other in leave.items:
        row = leave.rows.get(other.charge_id)
        if other.charge_id == item.charge_id:
            continue
        if row is not None and row.state in ("waiting", "trying"):
            if row.next_on <= day:
                before.add(row.noticed_cents)
        elif other.charge_id in leave.prices and max(other.due_on, soonest) <= day:
            before.add(leave.prices[other.charge_id])
    return bool(before - {cents})
