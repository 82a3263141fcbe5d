"""Letters to a customer about a payment plan: offered, accepted, declined, late, made up for, ended, paid, changed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from portal.actions.plan_facts import CHANGES, PlanFacts
from portal.actions.policies import Policy
from portal.records.plans import EventRow
from portal.rules.instalments import Instalment, is_asked_for
from portal.views.dispute_letters import paragraphs
from portal.views.methods import called
from portal.views.plan_builder import offered_rows
from portal.views.plan_offers import offer_title
from portal.wording import Words


def about_plan(kind: str, found: PlanFacts, policy: Policy, words: Words) -> dict[str, object]:
    """The context of a letter of this kind, one of KINDS, as things stand."""
    rows = found.standing.rows
    shared: dict[str, object] = {
        "number": found.plan.number,
        "total": words.money(found.plan.total_cents),
        "dates": [_date(row, words) for row in rows if row.amount_cents],
        "left": words.money(sum(row.open_cents for row in rows)),
    }
    return shared | KINDS[kind](found, policy, words)


def _offer(found: PlanFacts, policy: Policy, words: Words) -> dict[str, object]:
    plan = found.plan
    return {
        "options": [
            {"title": offer_title(option, words), "rows": offered_rows(dues, words)} for option, dues in found.options
        ],
        "now": words.money(plan.total_cents - found.saved_cents),
        "saving": words.money_or_nothing(found.saved_cents),
        "saving_until": words.date(found.saved_until) if found.saved_until else "",
        "offer_words": paragraphs(plan.words),
        "open_until": words.date(plan.expires_on or policy.today),
        "replaces": found.replaces,
    }


def _accepted(found: PlanFacts, policy: Policy, words: Words) -> dict[str, object]:
    return {
        "next": _next(found, words),
        "invoices": words.joined(sorted(found.numbers.values())),
        "method": called(found.method, words) if found.method else "",
        "grace": words.count("%(num)s day", "%(num)s days", policy.plan_grace_days),
        "cure": words.count("%(num)s day", "%(num)s days", policy.plan_cure_days),
        "replaces": found.replaces,
        "attached": found.paper is not None,
    }


def _declined(found: PlanFacts, policy: Policy, words: Words) -> dict[str, object]:
    said = found.last("declined")
    return {"reason": paragraphs(said.words) if said else []}


def _late(found: PlanFacts, policy: Policy, words: Words) -> dict[str, object]:
    standing, today = found.standing, policy.today
    late_on = standing.late_since(today)
    return {
        "late": [
            {"date": words.date(row.due_on), "amount": words.money(row.left_cents)}
            for row in standing.rows
            if row.due_on <= today and is_asked_for(row, least_cents=standing.least_cents)
        ],
        "since": words.date(late_on) if late_on else "",
        "asked": words.money(standing.asked_cents(today)),
        "cure_by": words.date(found.plan.cure_by or today),
        "left": words.money(sum(row.left_cents for row in standing.rows)),
    }


def _cured(found: PlanFacts, policy: Policy, words: Words) -> dict[str, object]:
    return {"next": _next(found, words)}


def _defaulted(found: PlanFacts, policy: Policy, words: Words) -> dict[str, object]:
    return _due_again(found, words)


def _completed(found: PlanFacts, policy: Policy, words: Words) -> dict[str, object]:
    standing = found.standing
    return {
        "payments": [
            {"date": words.date(row.received_on), "amount": words.money(row.cents)} for row in standing.received
        ],
        "paid": words.money(standing.paid_cents),
        "otherwise": words.money_or_nothing(max(0, found.plan.total_cents - standing.paid_cents - standing.left_cents)),
        "remainder": words.money_or_nothing(standing.left_cents),
    }


def _changed(found: PlanFacts, policy: Policy, words: Words) -> dict[str, object]:
    return _told(found, CHANGES, words)


def _method(found: PlanFacts, policy: Policy, words: Words) -> dict[str, object]:
    return _told(found, ("method_set",), words)


def _told(found: PlanFacts, kinds: Sequence[str], words: Words) -> dict[str, object]:
    """The newest event of these kinds, and what follows from it."""
    event = found.last(*kinds)
    assert event is not None
    is_over = event.kind == "cancelled"
    after = _due_again(found, words) if is_over else {"next": _next(found, words)}
    return after | {
        "title": words.text(_TITLES[event.kind], number=found.plan.number),
        "said": _SAID[event.kind](event, words),
        "reason": paragraphs(event.words) if event.kind in ("paused", "cancelled") else [],
        "over": is_over,
    }


def _due_again(found: PlanFacts, words: Words) -> dict[str, object]:
    """What is left of the invoices, of which some may be disputed or on its way."""
    left = [each for each in found.standing.covered if each.left_cents]
    left_cents, payable_cents = sum(each.left_cents for each in left), sum(found.payable.values())
    return {
        "open": [
            {"number": found.numbers[each.charge_id], "amount": words.money(each.left_cents)}
            for each in left
            if each.charge_id in found.numbers
        ],
        "left": words.money(left_cents),
        "payable": words.money_or_nothing(payable_cents),
        "held": words.money_or_nothing(left_cents - payable_cents),
    }


def _date(row: Instalment, words: Words) -> dict[str, object]:
    """A payment of the plan with what of it is paid, on its way or disputed; these are left out where it is none."""
    return {
        "date": words.date(row.due_on),
        "amount": words.money(row.amount_cents),
        "is_paid": not row.open_cents,
        "paid": words.money_or_nothing(row.paid_cents),
        "pending": words.money_or_nothing(row.pending_cents),
        "frozen": words.money_or_nothing(row.frozen_cents),
    }


def _next(found: PlanFacts, words: Words) -> str:
    row = found.standing.next
    if row is None or found.plan.state != "active":
        return ""
    return words.text(
        "Your next payment is %(amount)s on %(date)s.", amount=words.money(row.left_cents), date=words.date(row.due_on)
    )


def _moved(event: EventRow, words: Words) -> str:
    return words.text(
        "Your payment of %(amount)s is now due on %(date)s.",
        amount=words.money(event.amount_cents or 0),
        date=words.date(date.fromisoformat(event.words)),
    )


def _paused(event: EventRow, words: Words) -> str:
    return words.text(
        "Your plan is paused since %(date)s. Nothing is collected and nothing becomes late until it goes on. The dates "
        "below then come as much later as the pause was long.",
        date=words.date(event.happened_on),
    )


def _resumed(event: EventRow, words: Words) -> str:
    return words.text(
        "Your plan goes on. What had not come due before the pause comes as many days later as the pause was long."
    )


def _put_off(event: EventRow, words: Words) -> str:
    return words.count(
        "Everything that is still to be paid comes %(num)s day later than before. The amounts stay the same.",
        "Everything that is still to be paid comes %(num)s days later than before. The amounts stay the same.",
        int(event.words),
    )


def _cancelled(event: EventRow, words: Words) -> str:
    return words.text(
        "We have ended your payment plan on %(date)s. What is left of it is due again as it was before the plan.",
        date=words.date(event.happened_on),
    )


def _by_hand(event: EventRow, words: Words) -> str:
    return words.text(
        "Automatic payments have ended for this plan: please pay each date yourself. The dates and the amounts stay "
        "the same. What was at your bank already still arrives."
    )


def _method_set(event: EventRow, words: Words) -> str:
    return words.text(
        "Each date is charged to %(method)s from now on, with what is left of it then. We write to you at least two "
        "days before each charge. To stop this, open the plan and choose “Stop automatic payments”: you can do so at "
        "any time up to the moment a charge is sent. This was not you? Please tell us at once.",
        method=event.words,
    )


_SAID: Mapping[str, Callable[[EventRow, Words], str]] = {
    "moved": _moved,
    "paused": _paused,
    "resumed": _resumed,
    "put_off": _put_off,
    "cancelled": _cancelled,
    "by_hand": _by_hand,
    "method_set": _method_set,
}
_TITLES = {
    "moved": "A date of your payment plan %(number)s has moved",
    "paused": "Your payment plan %(number)s is paused",
    "resumed": "Your payment plan %(number)s goes on",
    "put_off": "Your payment plan %(number)s has later dates",
    "cancelled": "Your payment plan %(number)s has ended",
    "by_hand": "You pay your payment plan %(number)s yourself from now on",
    "method_set": "Your payment plan %(number)s is paid automatically from now on",
}
KINDS: Mapping[str, Callable[[PlanFacts, Policy, Words], dict[str, object]]] = {
    "plan_offer": _offer,
    "plan_accepted": _accepted,
    "plan_declined": _declined,
    "plan_late": _late,
    "plan_cured": _cured,
    "plan_defaulted": _defaulted,
    "plan_completed": _completed,
    "plan_changed": _changed,
    "plan_method": _method,
}
