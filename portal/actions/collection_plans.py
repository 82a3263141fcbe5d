"""What should be collected from an account, and what is: each charge is announced, put off, or stopped as things stand.

Done again and again; where nothing has changed it changes nothing. The caller holds the account.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from portal.actions import (
    collection_letters,
    collection_sums,
    collection_wishes,
    letters,
    plan_standing,
    policies,
    statements,
)
from portal.actions.collection_wishes import Moment, Wish
from portal.actions.plan_standing import PlanStanding
from portal.actions.plan_steps import tell
from portal.records import Session, accounts, attempts, autopays, collections, ledger, plans, saved_methods
from portal.records.autopays import AutopayRow
from portal.records.collections import CollectionRow
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.rules.collecting import charge_on, notice_days
from portal.rules.instalments import is_asked_for

_DUE_LETTER = timedelta(days=3)


def plan(session: Session, account_id: int, *, now: datetime) -> int:
    """Bring an account's collections to what they should be today; returns how many have changed."""
    ledger.lock_account(session, account_id)
    policy = policies.load(session, now=now)
    account = accounts.by_id(session, account_id)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    at = Moment(session, standing, policy, now)
    kept = [each for each in plans.of_account(session, account_id) if each.state in ("active", "paused")]
    autopay = autopays.in_force(session, account_id)
    changed = sum(_plan(at, each) for each in kept)
    changed += _autopay(at, autopay) if autopay else 0
    return changed + _end_others(at, {each.id for each in kept}, autopay)


def _plan(at: Moment, plan: PlanRow) -> int:
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
            changed += _wish(at, row, Wish(due, instalment.due_on, days, method, cause))
        elif not is_held:
            changed += _freeze(at, row)
    return changed


def _autopay(at: Moment, autopay: AutopayRow) -> int:
    leave = collection_wishes.leave(at, autopay)
    is_open = {item.charge_id for item in leave.items}
    changed = sum(_done(at, row) for charge_id, row in leave.rows.items() if charge_id not in is_open)
    if leave.method.ended_at is not None:
        return changed
    for item in leave.items:
        if not _is_held_by_a_person(at, [item.charge_id]):
            row = leave.rows.get(item.charge_id)
            changed += _wish(at, row, collection_wishes.of_invoice(at, leave, item))
    return changed


def _wish(at: Moment, row: CollectionRow | None, wish: Wish) -> int:
    """Announce what is to be collected, or announce it anew where it is more, needs a longer notice, or has another
    method."""
    if row is not None and row.state == "done" and collections.came_back(at.session, row.id):
        return _money_came_back(at, row)
    told = collection_letters.told(at.session, row) if row is not None else None
    is_lost = told in ("", "dead")
    if row is not None and is_lost and not letters.has_reader(at.session, row.account_id, now=at.now):
        return _untold(at, row)
    if wish.due is None:
        return _freeze(at, row)
    today = at.policy.today
    # A letter is dropped where it was overtaken, and what it told of may be wanted again since.
    begins = row is None or told == "dropped" or is_lost or _begins_again(at, row, wish.method)
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
    elif row.state == "waiting" and (wish.is_short or wish.due.total_cents > row.noticed_cents):
        announced |= {"why": row.why, "next_on": charge_on(row.next_on, noticed_on=today, days=wish.days)}
    else:
        return _follow(at, row, wish)
    return _announce(at, row.id) if collections.change(at.session, row, **announced) else 0


def _begins_again(at: Moment, row: CollectionRow, method: MethodRow) -> bool:
    match row.state:
        case "waiting" | "confirming":
            return row.method_id != method.id
        case "stopped" if row.why == collection_letters.NOT_TOLD:
            return letters.has_reader(at.session, row.account_id, now=at.now)
        case "stopped":
            return row.method_id != method.id or row.why in collections.GOES_ON
    return row.state == "done"


def _follow(at: Moment, row: CollectionRow, wish: Wish) -> int:
    """What was announced follows its instalment to a later day."""
    next_on = charge_on(wish.wanted_on, noticed_on=row.noticed_on, days=wish.days)
    if row.plan_id is None or row.state != "waiting" or row.next_on >= next_on:
        return 0
    return int(collections.change(at.session, row, next_on=next_on))


def _announce(at: Moment, collection_id: int) -> int:
    row = collections.by_id(at.session, collection_id)
    if not collection_letters.announce(at.session, row, now=at.now):
        return _untold(at, row)
    _tell(at, row, "noticed")
    return 1


def _untold(at: Moment, row: CollectionRow) -> int:
    """Nothing is charged that its customer was not told of before: it waits for somebody who reads letters."""
    if not _stop(at, row, collection_letters.NOT_TOLD):
        return 0
    fresh = collections.by_id(at.session, row.id)
    collection_letters.stopped(at.session, fresh, now=at.now)
    _tell(at, fresh, "refused", words=collection_letters.NOT_TOLD)
    return 1


def _freeze(at: Moment, row: CollectionRow | None) -> int:
    """Nothing can be charged of it now, so what was announced does not hold: later it is announced anew."""
    return _stop(at, row, "frozen") if row is not None and row.state == "waiting" else 0


def _money_came_back(at: Moment, row: CollectionRow) -> int:
    if not collections.change(at.session, row, state="stopped", why="came_back"):
        return 0
    fresh = collections.by_id(at.session, row.id)
    collection_letters.stopped(at.session, fresh, now=at.now)
    _tell(at, fresh, "refused", words="came_back")
    return 1


def _done(at: Moment, row: CollectionRow | None) -> int:
    """Nothing is left of it, whoever has paid."""
    if row is None:
        return 0
    goes_on = row.state == "stopped" and (row.why in collections.GOES_ON or row.why == collection_letters.NOT_TOLD)
    if row.state not in ("waiting", "confirming") and not goes_on:
        return 0
    return int(collections.change(at.session, row, state="done", why=""))


def _stop(at: Moment, row: CollectionRow, why: str) -> int:
    if row.state not in ("waiting", "confirming"):
        return 0
    return int(collections.change(at.session, row, state="stopped", why=why))


def _end_others(at: Moment, kept: set[int], autopay: AutopayRow | None) -> int:
    """What waits for a plan that is over, or under a leave that was taken back."""
    changed = 0
    for row in collections.of_account(at.session, at.standing.account.id):
        if row.plan_id is not None and row.plan_id not in kept:
            changed += _stop(at, row, "plan_ended")
        elif row.autopay_id is not None and (autopay is None or row.autopay_id != autopay.id):
            changed += _stop(at, row, "autopay_off")
    return changed


def _remind(at: Moment, found: PlanStanding) -> None:
    """Nobody charges for this plan: its customer is told of each payment some days before."""
    today = at.policy.today
    for instalment in found.rows:
        is_near = today <= instalment.due_on <= today + _DUE_LETTER
        # What is due with the acceptance is paid with it.
        is_first = found.plan.accepted_on is not None and instalment.due_on <= found.plan.accepted_on
        if is_near and not is_first and is_asked_for(instalment, least_cents=found.least_cents):
            collection_letters.remind(at.session, found.plan, instalment.position, instalment.due_on, now=at.now)


def _is_held_by_a_person(at: Moment, charge_ids: Sequence[int]) -> bool:
    """Whoever is at Stripe's page is not told that we will charge the same."""
    return any(holder.collection_id is None for holder in attempts.holding(at.session, charge_ids))


def _has_ended(at: Moment, row: CollectionRow) -> bool:
    return saved_methods.by_id(at.session, row.method_id).ended_at is not None


def _tell(at: Moment, row: CollectionRow, kind: str, *, words: str = "") -> None:
    if row.plan_id is not None:
        tell(
            at.session, plans.by_id(at.session, row.plan_id), kind, policy=at.policy, now=at.now, actor="portal",
            position=row.position, amount_cents=row.noticed_cents, words=words,
        )  # fmt: skip
