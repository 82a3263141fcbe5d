"""What should be collected from an account, and what is: each charge is announced, put off, or stopped as things stand.

Done again and again; where nothing has changed it changes nothing. The caller holds the account.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.actions import collection_letters, collection_sums, plan_standing, policies, statements
from portal.actions.plan_standing import PlanStanding
from portal.actions.plan_steps import tell
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, accounts, attempts, autopays, collections, ledger, plans, saved_methods
from portal.records.autopays import AutopayRow
from portal.records.collections import CollectionRow
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.rules.allocation import Quote
from portal.rules.collecting import charge_on, notice_days
from portal.rules.dates import local_day
from portal.rules.instalments import is_asked_for
from portal.rules.statement import Item

_DUE_LETTER = timedelta(days=3)
# What autopay charges.
_CHARGED = ("invoice", "late_fee")


@dataclass(frozen=True, slots=True)
class _Moment:
    """The transaction, with what all of its decisions are made of."""

    session: Session
    standing: Standing
    policy: Policy
    now: datetime


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be collected (None: nothing can be), on which day, announced how many days before it. `cause` are the
    columns that say what it is for."""

    due: Quote | None
    wanted_on: date
    days: int
    method: MethodRow
    cause: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Leave:
    """The leave to charge an account's invoices, and with what. `prices` is what each open charge costs on its due day,
    in cents: reckoned once, and only for bank debits, whose notice depends on it."""

    autopay: AutopayRow
    method: MethodRow
    prices: Mapping[int, int]


def plan(session: Session, account_id: int, *, now: datetime) -> int:
    """Bring an account's collections to what they should be today; returns how many have changed."""
    ledger.lock_account(session, account_id)
    policy = policies.load(session, now=now)
    account = accounts.by_id(session, account_id)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    at = _Moment(session, standing, policy, now)
    kept = [each for each in plans.of_account(session, account_id) if each.state in ("active", "paused")]
    autopay = autopays.in_force(session, account_id)
    changed = sum(_plan(at, each) for each in kept)
    changed += _autopay(at, autopay) if autopay else 0
    return changed + _end_others(at, {each.id for each in kept}, autopay)


def _plan(at: _Moment, plan: PlanRow) -> int:
    found = plan_standing.load(at.session, plan, at.standing, policy=at.policy)
    known = {row.position: row for row in collections.of_plan(at.session, plan.id)}
    method = saved_methods.by_id(at.session, plan.method_id) if plan.method_id else None
    if plan.state == "paused":
        return sum(_stop(at, row, "paused") for row in known.values())
    if method is None or method.ended_at is not None:
        _remind(at, found)
        return sum(_stop(at, row, "method_ended" if _has_ended(at, row) else "by_hand") for row in known.values())
    is_held = _is_held_by_a_person(at, [each.charge_id for each in found.covered])
    changed = 0
    for instalment in found.rows:
        row = known.get(instalment.position)
        if instalment.open_cents == 0:
            changed += _done(at, row)
        elif is_asked_for(instalment, least_cents=found.least_cents) and not is_held:
            due = collection_sums.of_instalment(at.standing, found, instalment.position)
            cause = {"plan_id": plan.id, "position": instalment.position}
            days = notice_days(collection_sums.kind_of(method), varies=False)
            changed += _wish(at, row, _Wish(due, instalment.due_on, days, method, cause))
        elif not is_held:
            changed += _freeze(at, row)
    return changed


def _autopay(at: _Moment, autopay: AutopayRow) -> int:
    method = saved_methods.by_id(at.session, autopay.method_id)
    known = {row.charge_id: row for row in collections.of_autopay(at.session, autopay.id)}
    open_charges = {row.item.charge_id: row.item for row in at.standing.statement.rows}
    changed = sum(_done(at, row) for charge_id, row in known.items() if charge_id not in open_charges)
    if method.ended_at is not None:
        return changed
    is_bank = collection_sums.kind_of(method) == "us_bank_account"
    leave = _Leave(autopay, method, _prices(at, open_charges.values()) if is_bank else {})
    for item in open_charges.values():
        if item.kind in _CHARGED and not _is_held_by_a_person(at, [item.charge_id]):
            row = known.get(item.charge_id)
            changed += _wish(at, row, _wish_of(at, leave, item, row))
    return changed


def _prices(at: _Moment, items: Iterable[Item]) -> dict[int, int]:
    found = {}
    for item in items:
        due = collection_sums.of_charge(at.standing, item.charge_id, on=max(item.due_on, at.policy.today))
        if item.kind in _CHARGED and due is not None:
            found[item.charge_id] = due.total_cents
    return found


def _wish_of(at: _Moment, leave: _Leave, item: Item, row: CollectionRow | None) -> _Wish:
    """An invoice on its due day, at what it costs on the day of the charge."""
    autopay, method = leave.autopay, leave.method
    earliest = local_day(autopay.agreed_at, at.policy.time_zone) + timedelta(days=1)
    wanted_on = max(item.due_on, earliest)
    cause = {"autopay_id": autopay.id, "charge_id": item.charge_id}
    kind, today = collection_sums.kind_of(method), at.policy.today
    if row is not None and row.state == "waiting":
        due = collection_sums.of_charge(at.standing, item.charge_id, on=max(row.next_on, today))
        return _Wish(due, wanted_on, notice_days(kind, varies=True), method, cause)
    days = notice_days(kind, varies=False)
    due = collection_sums.of_charge(at.standing, item.charge_id, on=max(wanted_on, today + timedelta(days=days)))
    varies = kind == "us_bank_account" and due and _amounts_before(at, leave, item, wanted_on) - {due.total_cents}
    if varies:
        days = notice_days(kind, varies=True)
        due = collection_sums.of_charge(at.standing, item.charge_id, on=max(wanted_on, today + timedelta(days=days)))
    return _Wish(due, wanted_on, days, method, cause)


def _amounts_before(at: _Moment, leave: _Leave, item: Item, day: date) -> set[int]:
    """What was charged last, is announced for no later a day, or is due no later: any may be the charge before this."""
    rows = [row for row in collections.of_autopay(at.session, leave.autopay.id) if row.charge_id != item.charge_id]
    found = {row.noticed_cents for row in rows if row.state in ("waiting", "trying") and row.next_on <= day}
    others = (row.item for row in at.standing.statement.rows if row.item.charge_id in leave.prices)
    found |= {
        leave.prices[other.charge_id]
        for other in others
        if other.charge_id != item.charge_id and other.due_on <= item.due_on
    }
    last_cents = collections.last_of_autopay(at.session, leave.autopay.account_id)
    return found if last_cents is None else found | {last_cents}


def _wish(at: _Moment, row: CollectionRow | None, wish: _Wish) -> int:
    """Announce what is to be collected, or announce it anew where it is more, or with another method."""
    if row is not None and row.state == "done" and collections.came_back(at.session, row.id):
        return _money_came_back(at, row)
    told = collection_letters.announced(at.session, row) if row is not None and row.state == "waiting" else None
    if row is not None and told in ("", "dead"):
        return _untold(at, row)
    if wish.due is None:
        return _freeze(at, row)
    today = at.policy.today
    # A letter is dropped where it was overtaken, and what it told of may be wanted again since.
    begins = row is None or told == "dropped" or _begins_again(at, row, wish.method)
    if begins and wish.wanted_on - timedelta(days=wish.days) > today:
        return 0
    announced = {
        "method_id": wish.method.id,
        "state": "waiting",
        "why": "",
        "noticed_cents": wish.due.total_cents,
        "noticed_on": today,
        "notices": row.notices + 1 if row is not None else 1,
        "notice_days": wish.days,
        "next_on": charge_on(wish.wanted_on, noticed_on=today, days=wish.days),
    }
    if row is None:
        made = {"account_id": wish.method.account_id, "created_at": at.now, **wish.cause, **announced}
        return _announce(at, collections.add(at.session, made).id)
    if begins:
        if row.method_id != wish.method.id or row.state == "done":
            announced |= {"tries": 0, "first_tried_on": None}
    elif row.state == "waiting" and wish.due.total_cents > row.noticed_cents:
        announced |= {"why": row.why, "next_on": charge_on(row.next_on, noticed_on=today, days=wish.days)}
    else:
        return _follow(at, row, wish)
    return _announce(at, row.id) if collections.change(at.session, row, **announced) else 0


def _begins_again(at: _Moment, row: CollectionRow, method: MethodRow) -> bool:
    match row.state:
        case "waiting" | "confirming":
            return row.method_id != method.id
        case "stopped" if row.why == collection_letters.NOT_TOLD:
            return collection_letters.may_be_announced(at.session, row)
        case "stopped":
            return row.method_id != method.id or row.why in collections.GOES_ON
    return row.state == "done"


def _follow(at: _Moment, row: CollectionRow, wish: _Wish) -> int:
    """What was announced follows its instalment to a later day."""
    next_on = charge_on(wish.wanted_on, noticed_on=row.noticed_on, days=wish.days)
    if row.plan_id is None or row.state != "waiting" or row.next_on >= next_on:
        return 0
    return int(collections.change(at.session, row, next_on=next_on))


def _announce(at: _Moment, collection_id: int) -> int:
    row = collections.by_id(at.session, collection_id)
    if not collection_letters.announce(at.session, row, now=at.now):
        return _untold(at, row)
    _tell(at, row, "noticed")
    return 1


def _untold(at: _Moment, row: CollectionRow) -> int:
    """Nothing is charged that its customer was not told of before: it waits for somebody who reads letters."""
    if not _stop(at, row, collection_letters.NOT_TOLD):
        return 0
    fresh = collections.by_id(at.session, row.id)
    collection_letters.stopped(at.session, fresh, now=at.now)
    _tell(at, fresh, "refused", words=collection_letters.NOT_TOLD)
    return 1


def _freeze(at: _Moment, row: CollectionRow | None) -> int:
    """Nothing can be charged of it now, so what was announced does not hold: later it is announced anew."""
    return _stop(at, row, "frozen") if row is not None and row.state == "waiting" else 0


def _money_came_back(at: _Moment, row: CollectionRow) -> int:
    if not collections.change(at.session, row, state="stopped", why="came_back"):
        return 0
    fresh = collections.by_id(at.session, row.id)
    collection_letters.stopped(at.session, fresh, now=at.now)
    _tell(at, fresh, "refused", words="came_back")
    return 1


def _done(at: _Moment, row: CollectionRow | None) -> int:
    """Nothing is left of it, whoever has paid."""
    if row is None or (row.state not in ("waiting", "confirming") and row.why != "frozen"):
        return 0
    return int(collections.change(at.session, row, state="done", why=""))


def _stop(at: _Moment, row: CollectionRow, why: str) -> int:
    if row.state not in ("waiting", "confirming"):
        return 0
    return int(collections.change(at.session, row, state="stopped", why=why))


def _end_others(at: _Moment, kept: set[int], autopay: AutopayRow | None) -> int:
    """What waits for a plan that is over, or under a leave that was taken back."""
    changed = 0
    for row in collections.of_account(at.session, at.standing.account.id):
        if row.plan_id is not None and row.plan_id not in kept:
            changed += _stop(at, row, "plan_ended")
        elif row.autopay_id is not None and (autopay is None or row.autopay_id != autopay.id):
            changed += _stop(at, row, "autopay_off")
    return changed


def _remind(at: _Moment, found: PlanStanding) -> None:
    """Nobody charges for this plan: its customer is told of each payment some days before."""
    today = at.policy.today
    for instalment in found.rows:
        is_near = today <= instalment.due_on <= today + _DUE_LETTER
        # What is due with the acceptance is paid with it.
        is_first = found.plan.accepted_on is not None and instalment.due_on <= found.plan.accepted_on
        if is_near and not is_first and is_asked_for(instalment, least_cents=found.least_cents):
            collection_letters.remind(at.session, found.plan, instalment.position, instalment.due_on, now=at.now)


def _is_held_by_a_person(at: _Moment, charge_ids: Sequence[int]) -> bool:
    """Whoever is at Stripe's page is not told that we will charge the same."""
    return any(holder.collection_id is None for holder in attempts.holding(at.session, charge_ids))


def _has_ended(at: _Moment, row: CollectionRow) -> bool:
    return saved_methods.by_id(at.session, row.method_id).ended_at is not None


def _tell(at: _Moment, row: CollectionRow, kind: str, *, words: str = "") -> None:
    if row.plan_id is not None:
        tell(
            at.session, plans.by_id(at.session, row.plan_id), kind, policy=at.policy, now=at.now, actor="portal",
            position=row.position, amount_cents=row.noticed_cents, words=words,
        )  # fmt: skip
