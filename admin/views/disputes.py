"""Disputes in words, as those who work them see them; and the rows and figures of their queue."""

from collections.abc import Sequence
from datetime import date

from admin.views.cells import Cell, money_cell
from admin.views.things import Tile
from portal.actions.policies import Policy
from portal.records.dispute_queue import QueuedRow, StakesRow
from portal.rules.disputes import OPEN, turn
from portal.views.dispute_reasons import reason_name
from portal.wording import Words

STATES = {
    "new": "New",
    "in_review": "In review",
    "waiting": "Waiting for customer",
    "offered": "Offer made",
    "accepted": "Accepted",
    "partly_accepted": "Partly accepted",
    "rejected": "Rejected",
    "withdrawn": "Withdrawn",
}
_CHIPS = {
    "new": "new",
    "in_review": "open",
    "waiting": "pending",
    "offered": "pending",
    "accepted": "paid",
    "partly_accepted": "paid",
    "rejected": "closed",
    "withdrawn": "closed",
}


def state_chip(state: str, *, is_goodwill: bool = False) -> Cell:
    """How it stands; what the budget for goodwill has given says so."""
    return Cell("Goodwill" if is_goodwill and state == "accepted" else STATES[state], chip=_CHIPS[state])


def reasons(keys: str, words: Words) -> str:
    """`Short delivery, Wrong price` of keys with a space between them, each once."""
    return ", ".join(reason_name(key, words) for key in dict.fromkeys(keys.split()))


def turn_words(state: str) -> str:
    """Whose turn it is, "" once it is closed."""
    return {"seller": "Your turn", "customer": "Customer’s turn", None: ""}[turn(state)]  # type: ignore[arg-type]


def clock(state: str, reply_by: date | None, words: Words) -> tuple[str, str]:
    """Until when, and how late that is: (`Answer by Mar 12`, `2 days late`); both may be empty."""
    if state not in OPEN or reply_by is None:
        return "", ""
    days = (reply_by - words.today).days
    near = {0: " (today)", 1: " (tomorrow)"}.get(days, "")
    late = f"{-days} {'day' if days == -1 else 'days'} late" if days < 0 else ""
    return f"Answer by {words.day(reply_by)}{near}", late


def age(filed_on: date, today: date) -> str:
    """`0 days`, `1 day`, `12 days`."""
    days = max(0, (today - filed_on).days)
    return f"{days} {'day' if days == 1 else 'days'}"


def row(found: QueuedRow, policy: Policy, *, can_pick: bool) -> Sequence[Cell]:
    """Reference with its invoice, customer, reasons, at stake, age, clock and turn, assignee, state."""
    words = policy.words(found.currency)
    until, late = clock(found.state, found.reply_by, words)
    whose = turn_words(found.state)
    given = f"{words.money(found.approved_cents)} approved" if found.approved_cents else ""
    return [
        Cell(
            found.number,
            href=f"/admin/disputes/{found.public_id}",
            sub=found.invoice,
            tick=found.public_id if can_pick else "",
        ),
        Cell(found.customer, href=f"/admin/customers/{found.customer_public_id}"),
        Cell(reasons(found.reasons, words)),
        Cell(money_cell(words.money(found.at_stake_cents), found.at_stake_cents).text, sub=given),
        Cell(age(found.filed_on, policy.today)),
        Cell(late, chip="overdue", sub=f"{whose}, {until.removeprefix('Answer ')}")
        if late
        else Cell(until or "–", sub=whose),
        Cell(found.assignee or "Nobody" if found.state in OPEN or found.assignee else "–"),
        state_chip(found.state, is_goodwill=found.is_goodwill),
    ]


def tiles(found: Sequence[StakesRow], policy: Policy) -> Sequence[Tile]:
    """What is open: how many, the money, what waits for those who look, and what of that is late."""
    count = sum(each.disputes for each in found)
    waiting = sum(each.waiting for each in found)
    overdue = sum(each.overdue for each in found)
    return [
        Tile("Open disputes", f"{count:,}", f"{count - waiting:,} wait for customers"),
        Tile("Money at stake", at_stake(found, policy), "Disputed, with tax"),
        Tile("Waiting for you", f"{waiting:,}", "Your turn to answer"),
        Tile("Overdue", f"{overdue:,}", "Past their day to be answered" if overdue else "None is late"),
    ]


def at_stake(found: Sequence[StakesRow], policy: Policy) -> str:
    """The money at stake, each currency by itself."""
    said = [policy.words(each.currency).money(each.at_stake_cents) for each in found if each.at_stake_cents]
    return " + ".join(said) or policy.words(policy.currency).money(0)
