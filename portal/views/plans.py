"""Payment plans as their customer reads them: the list, the statement's line, and a plan that is being kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.actions.plan_facts import followed_by
from portal.actions.plan_standing import PlanStanding
from portal.records.collections import GOES_ON, CollectionRow
from portal.records.plans import CoveredRow, PlanRow
from portal.rules.instalments import Instalment
from portal.rules.plans import Due
from portal.views.declines import why_declined
from portal.views.plan_builder import payment_name
from portal.wording import Words

_STATES = {
    "requested": ("Waiting for our answer", "pending"),
    "offered": ("Offered to you", "due_soon"),
    "declined": ("Declined", "plain"),
    "expired": ("Offer over", "plain"),
    "withdrawn": ("Taken back", "plain"),
    "active": ("In progress", "on_plan"),
    "paused": ("Paused", "pending"),
    "completed": ("Paid off", "paid"),
    "defaulted": ("Ended: not kept", "overdue"),
    "cancelled": ("Ended", "plain"),
    "replaced": ("Replaced by another plan", "plain"),
}
# Why charges stopped that nobody need be told of: it was wished so.
_NO_TROUBLE = GOES_ON | {"plan_ended", "autopay_off", "method_ended"}


@dataclass(frozen=True, slots=True)
class Means:
    """How a plan is paid: the method's name and digits (empty: by hand), whether another can be chosen online, and the
    charge that is announced of its next payment."""

    method: str
    can_change: bool
    charge: CollectionRow | None


def state(plan: PlanRow, follower: PlanRow | None, words: Words, *, is_closed: bool = False) -> dict[str, str]:
    """How a plan is called, and the class of its chip. `follower`: what took its place or answered it, if anything;
    `is_closed`: an offer that cannot be accepted any more."""
    name, kind = _STATES["expired" if is_closed else plan.state]
    if plan.state == "declined" and follower is not None:
        name = "Answered with an offer"
    if plan.state == "active" and plan.cure_by is not None:
        name, kind = "Behind", "overdue"
    return {"name": words.text(name), "class": kind}


def listed(
    found: Sequence[tuple[PlanRow, PlanStanding | None]],
    announced: Mapping[int, CollectionRow],
    closed: Collection[int],
    words: Words,
    *,
    base: str,
) -> list[dict[str, object]]:
    """The rows of the list of an account's plans. `announced` are the next charges by plan, `closed` the ids of offers
    that cannot be accepted any more."""
    return [
        {
            "number": plan.number,
            "href": f"{base}/plans/{plan.public_id}",
            "state": state(plan, followed_by(plan, [each for each, _ in found]), words, is_closed=plan.id in closed),
            "amount": words.money(plan.total_cents),
            "next": _next(standing, announced.get(plan.id), words) if standing else "",
        }
        for plan, standing in found
    ]


def mentioned(
    found: Sequence[tuple[PlanRow, PlanStanding | None]],
    announced: Mapping[int, CollectionRow],
    words: Words,
    *,
    base: str,
) -> list[dict[str, str]]:
    """What a statement says of plans: those that wait for somebody, and those that are being kept. `announced` are the
    next charges by plan."""
    said = {
        "requested": words.text("You asked for a payment plan. We answer by email."),
        "offered": words.text("We offer you a payment plan. Read it"),
        "active": words.text("A payment plan is running. See its dates"),
        "paused": words.text("Your payment plan is paused. See it"),
    }
    return [
        {
            "text": words.text("Finish your payment plan") if plan.state == "offered" and plan.is_own
            else _due_mentioned(due, words, is_charged=plan.id in announced)
            if standing and (due := _due_now(standing, announced.get(plan.id), words))
            else said[plan.state],
            "href": f"{base}/plans/{plan.public_id}",
            "number": plan.number,
        }
        for plan, standing in found
        if plan.state in said
    ]  # fmt: skip


def kept(found: PlanStanding, movable: Sequence[tuple[Due, date]], means: Means, words: Words) -> dict[str, object]:
    """A plan that was accepted: what is paid, what comes next, and what can be done about it."""
    plan, today = found.plan, words.today
    asked_cents = found.asked_cents(today) if plan.state in ("active", "paused") else 0
    late_on = found.late_since(today) if plan.state == "active" else None
    left_cents = found.on_plan_cents
    return {
        "rows": [_row(row, found, words) for row in found.rows],
        "total": words.money(plan.total_cents),
        "paid": words.money(found.paid_cents),
        "left": words.money(found.left_cents),
        "credited": words.money_or_nothing(_fell_away(found)),
        "frozen": words.money_or_nothing(sum(row.frozen_cents for row in found.rows)),
        "pending": words.money_or_nothing(sum(row.pending_cents for row in found.rows)),
        "next": _next(found, means.charge, words),
        "late": words.date(late_on) if late_on else "",
        "cure_by": words.date(plan.cure_by) if plan.cure_by else "",
        "asked": words.money_or_nothing(asked_cents),
        "asked_typed": words.typed(asked_cents),
        "rest": words.money(left_cents) if left_cents > asked_cents else "",
        "rest_typed": words.typed(left_cents),
        "movable": [
            {
                "position": due.position,
                "name": words.day(due.due_on),
                # A date moves by days, so its year goes without saying.
                "latest": words.day(latest, beside=latest),
            }
            for due, latest in movable
        ],
        "method": means.method,
        "can_change": means.can_change,
    }


def trouble(
    collected: Sequence[CollectionRow], found: PlanStanding, words: Words, *, base: str
) -> list[dict[str, str]]:
    """Charges that wait for their customer or came to nothing: what is wrong, and where to confirm ("": by hand)."""
    said = []
    for row in collected:
        left_cents = found.row(row.position).left_cents if row.position is not None else 0
        if left_cents < found.least_cents or row.state not in ("confirming", "stopped", "waiting"):
            continue
        amount = words.money(left_cents)
        if row.state == "confirming":
            text = words.text("Your bank wants you to confirm the payment of %(amount)s.", amount=amount)
            said.append({"text": text, "href": f"{base}/collections/{row.public_id}"})
        elif row.why and row.why not in _NO_TROUBLE:
            why = why_declined(row.why, words)
            text = words.text("%(amount)s could not be charged. %(why)s", amount=amount, why=why)
            if row.state == "waiting":
                again = words.text("We try again on %(date)s.", date=words.date(row.next_on))
                text = f"{text} {again}"
            said.append({"text": text, "href": ""})
    return said


def story(plan: PlanRow, follower: PlanRow | None, last_words: str, words: Words) -> str:
    """One sentence about where the plan stands, for those that are not being kept."""
    if plan.state == "declined" and follower is not None:
        return words.text("We answered your request with an offer:")
    return {
        "requested": words.text("We have your request and answer by email. Until then everything stays as it is."),
        "declined": last_words or words.text("It was declined. What you owe is unchanged."),
        "expired": words.text("The offer was not taken in time. You can ask for a new one."),
        "withdrawn": words.text("It was taken back. What you owe is unchanged."),
        "completed": words.text("Everything on this plan is paid. Thank you."),
        "defaulted": words.text(
            "Payments were missed and not made up for in time, so the plan has ended. What is left is due now. "
            "Please talk to us."
        ),
        "cancelled": words.text("We ended this plan: %(why)s What is left is due as it was before.", why=last_words),
        "replaced": words.text("Another plan has taken its place:"),
        "paused": words.text(
            "The plan is paused: nothing is collected and nothing becomes late until it goes on. Each date from "
            "%(date)s on then comes as many days later as the pause was long.",
            date=words.date(plan.paused_on or words.today),
        ),
    }.get(plan.state, "")


def linked(plan: PlanRow, *, base: str) -> dict[str, str]:
    """Another plan of the account, to be named and linked."""
    return {"number": plan.number, "href": f"{base}/plans/{plan.public_id}"}


def covered(rows: Sequence[CoveredRow], numbers: Mapping[int, str], words: Words) -> list[dict[str, str]]:
    """What of which invoice a plan is for."""
    return [{"number": numbers[row.charge_id], "amount": words.money(row.covered_cents)} for row in rows]


def evidence(terms: Mapping[str, object], name: str, at: str, words: Words) -> str:
    """Who agreed, and when."""
    return words.text("Agreed to by %(name)s on %(at)s.", name=name, at=at)


def _row(row: Instalment, found: PlanStanding, words: Words) -> dict[str, str]:
    most = max(each.position for each in found.rows)
    agreed = next(each for each in found.agreed if each.position == row.position)
    name, kind = _row_state(row, found, words)
    return {
        "name": payment_name(row.position, most, words),
        "date": words.long_day(row.due_on),
        "moved": words.long_day(agreed.agreed_on) if agreed.agreed_on != row.due_on else "",
        "amount": words.money(row.amount_cents),
        "agreed": words.money(row.agreed_cents) if row.amount_cents != row.agreed_cents else "",
        "left": words.money(row.left_cents) if row.paid_cents and row.left_cents else "",
        "state": name,
        "class": kind,
    }


def _row_state(row: Instalment, found: PlanStanding, words: Words) -> tuple[str, str]:
    if row.pending_cents:
        return words.text("Under way"), "pending"
    if row.frozen_cents and not row.left_cents:
        return words.text("Disputed"), "disputed"
    if row.left_cents < found.least_cents:
        return (words.text("Paid"), "paid") if row.paid_cents else (words.text("Not needed"), "plain")
    if found.plan.state not in ("active", "paused"):
        return words.text("Not paid"), "plain"
    if found.plan.state == "paused":
        return words.text("Waits"), "pending"
    days = (row.due_on - words.today).days
    if days < 0:
        return words.text("Late"), "overdue"
    return (words.text("Due today"), "due_soon") if days == 0 else (words.text("Coming"), "open")


def _next(found: PlanStanding, charge: CollectionRow | None, words: Words) -> str:
    row = found.next
    if row is None or found.plan.state != "active":
        return ""
    amount = words.money(row.left_cents)
    return _due_now(found, charge, words) or words.text(
        "Next: %(amount)s on %(date)s", amount=amount, date=words.long_day(row.due_on)
    )


def _due_mentioned(due: str, words: Words, *, is_charged: bool) -> str:
    if is_charged:
        return words.text("Your payment plan: %(due)s. See its dates", due=due)
    return words.text("Your payment plan: %(due)s. See what to do", due=due)


def _due_now(found: PlanStanding, charge: CollectionRow | None, words: Words) -> str:
    """What is overdue, else what is due today, or when it is charged by itself; empty where neither is."""
    row, today = found.next, words.today
    if row is None or row.due_on > today or found.plan.state != "active":
        return ""
    if charge is not None:
        amount, day = words.money(row.left_cents), words.long_day(max(charge.next_on, today))
        return words.text("%(amount)s is charged on %(date)s", amount=amount, date=day)
    if row.due_on == today:
        return words.text("%(amount)s is due today", amount=words.money(found.asked_cents(today)))
    late_cents = found.asked_cents(today - timedelta(days=1))
    return words.text(
        "%(amount)s has been overdue since %(date)s", amount=words.money(late_cents), date=words.long_day(row.due_on)
    )


def _fell_away(found: PlanStanding) -> int:
    """What of the plan need not be paid any more though no money of the plan has paid it."""
    return max(0, found.plan.total_cents - found.paid_cents - found.left_cents)
