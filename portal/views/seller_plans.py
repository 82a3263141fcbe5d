"""Letters to the seller about payment plans: what a customer asks for or did, and what time has done."""

from collections.abc import Callable, Mapping

from portal.actions import plans
from portal.actions.correspondence import Report
from portal.actions.plan_facts import PlanFacts
from portal.actions.policies import Policy
from portal.rules.plans import outside
from portal.views.dispute_letters import paragraphs
from portal.views.letters import Draft
from portal.views.plan_offers import option_title
from portal.views.seller_claims import customer_name, draft
from portal.wording import Words

_Facts = list[tuple[str, str]]


def compose_plan(found: Report, *, base_url: str) -> Draft:
    """The letter in words, with the address of the page on which the plan is worked."""
    policy = found.policy
    assert found.standing is not None
    assert found.plan is not None
    account, facts = found.standing.account, found.plan
    words = policy.words(account.currency)
    title, said = _DEEDS[found.letter.kind](facts, policy, words)
    if found.letter.kind == "seller_plan_late" and facts.plan.cure_by is not None and not found.has_reader:
        said = words.text(
            "A payment has not arrived, and no e-mail reaches the customer. The plan does not end before they were "
            "told: give the customer a contact whose address takes letters, or put the dates off."
        )
    listed = [(words.text("Customer"), customer_name(account)), *_FACTS[found.letter.kind](facts, policy, words)]
    told: dict[str, object] = {
        "title": title,
        "said": said,
        "words": paragraphs(facts.plan.words) if found.letter.kind == "seller_plan_request" else [],
        "facts": [{"name": name, "value": value} for name, value in listed if value],
        "button": words.text("Open the plan"),
        "href": f"{base_url}/admin/plans/{facts.plan.public_id}",
    }
    return draft(found, told)


def _request(found: PlanFacts, policy: Policy, words: Words) -> tuple[str, str]:
    title = words.text("A payment plan is asked for: %(number)s", number=found.plan.number)
    if found.plan.state != "requested":
        return title, words.text("It has been answered or taken back since: nothing is left to do.")
    return title, words.text("A customer asks for a payment plan. It is your turn: offer one, or say no.")


def _accepted(found: PlanFacts, policy: Policy, words: Words) -> tuple[str, str]:
    title = words.text("Payment plan accepted: %(number)s", number=found.plan.number)
    said = words.text("The customer has agreed to the plan. What it covers is not chased while the plan is kept.")
    if not found.replaces:
        return title, said
    return title, f"{said} {words.text('It takes the place of plan %(number)s.', number=found.replaces)}"


def _declined(found: PlanFacts, policy: Policy, words: Words) -> tuple[str, str]:
    title = words.text("Payment plan declined: %(number)s", number=found.plan.number)
    return title, words.text("The customer does not want the plan that you offered. What is owed is unchanged.")


def _late(found: PlanFacts, policy: Policy, words: Words) -> tuple[str, str]:
    title = words.text("Payment plan is late: %(number)s", number=found.plan.number)
    if found.plan.state != "active" or found.plan.cure_by is None:
        return title, words.text("It was late, and is not any more, or has ended since.")
    return title, words.text(
        "A payment has not arrived. The customer has been told, and can make up for it until %(date)s. After that the "
        "plan ends and all of it is due. You can put the dates off, or pause the plan, instead.",
        date=words.date(found.plan.cure_by),
    )


def _defaulted(found: PlanFacts, policy: Policy, words: Words) -> tuple[str, str]:
    title = words.text("Payment plan ended, not kept: %(number)s", number=found.plan.number)
    return title, words.text(
        "What was late was not paid in time, so the plan has ended. What is left is due again as it was before. "
        "The customer has been told; you can offer another plan."
    )


def _wish(found: PlanFacts, policy: Policy, words: Words) -> _Facts:
    return [*_shape(found, words), (words.text("Outside of your limits"), _outside(found, policy, words))]


def _agreed(found: PlanFacts, policy: Policy, words: Words) -> _Facts:
    coming = found.standing.next
    rows = found.standing.rows
    return [
        (words.text("The plan"), words.money(found.plan.total_cents)),
        (words.text("Invoices"), _invoices(found, words)),
        (
            words.text("Payments"),
            words.text(
                "%(count)s, from %(first)s to %(last)s",
                count=len(rows),
                first=words.date(rows[0].due_on),
                last=words.date(rows[-1].due_on),
            )
            if rows
            else "",
        ),
        (words.text("Next payment"), _money_on(coming.left_cents, words.date(coming.due_on), words) if coming else ""),
    ]


def _behind(found: PlanFacts, policy: Policy, words: Words) -> _Facts:
    late_on = found.standing.late_since(policy.today)
    due_cents = found.standing.asked_cents(policy.today) if late_on else 0
    return [
        (words.text("Late since"), words.date(late_on) if late_on else ""),
        (words.text("Due by today"), words.money_or_nothing(due_cents)),
        (words.text("Left of the plan"), words.money(found.standing.left_cents)),
        (words.text("Invoices"), _invoices(found, words)),
    ]


def _ended(found: PlanFacts, policy: Policy, words: Words) -> _Facts:
    paid_cents = sum(row.cents for row in found.standing.received)
    return [
        (words.text("The plan"), words.money(found.plan.total_cents)),
        (words.text("Paid by it"), words.money(paid_cents)),
        (words.text("Left of the plan"), words.money(found.standing.left_cents)),
        (words.text("Invoices"), _invoices(found, words)),
    ]


def _offered(found: PlanFacts, policy: Policy, words: Words) -> _Facts:
    return _shape(found, words)


def _shape(found: PlanFacts, words: Words) -> _Facts:
    """The figures of what is wished or offered, an option a line."""
    facts = [
        (words.text("The plan"), words.money(found.plan.total_cents)),
        (words.text("Invoices"), _invoices(found, words)),
    ]
    for option, dues in found.options:
        first = next(due for due in dues if due.position)
        facts += [
            (words.text("At once"), words.money_or_nothing(option.down_cents)),
            (words.text("Then"), option_title(option.times, option.every, words)),
            (words.text("The first"), _money_on(first.amount_cents, words.date(first.due_on), words)),
            (words.text("The last"), _money_on(dues[-1].amount_cents, words.date(dues[-1].due_on), words)),
        ]
    return facts


def _outside(found: PlanFacts, policy: Policy, words: Words) -> str:
    """Which limits for plans without asking the wish does not keep to."""
    option = found.options[0][0]
    limits = outside(
        found.plan.total_cents, plans.shape_of(option), plans.guardrails(policy),
        today=policy.today, currency=words.currency,
    )  # fmt: skip
    return " ".join(words.text(each.message, **each.values) for each in limits)


def _invoices(found: PlanFacts, words: Words) -> str:
    return words.joined(sorted(found.numbers.values()))


def _money_on(cents: int, day: str, words: Words) -> str:
    return words.text("%(amount)s on %(date)s", amount=words.money(cents), date=day)


_DEEDS: Mapping[str, Callable[[PlanFacts, Policy, Words], tuple[str, str]]] = {
    "seller_plan_request": _request,
    "seller_plan_accepted": _accepted,
    "seller_plan_declined": _declined,
    "seller_plan_late": _late,
    "seller_plan_defaulted": _defaulted,
}
_FACTS: Mapping[str, Callable[[PlanFacts, Policy, Words], _Facts]] = {
    "seller_plan_request": _wish,
    "seller_plan_accepted": _agreed,
    "seller_plan_declined": _offered,
    "seller_plan_late": _behind,
    "seller_plan_defaulted": _ended,
}
