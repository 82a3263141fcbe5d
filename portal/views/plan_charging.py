"""The very words under which a payment plan is charged by itself: what is charged, when, and how that is withdrawn.

They are put together once, with the plan's own amounts and days; what was shown is what is kept.
"""

from collections.abc import Sequence

from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.records.saved_methods import MethodRow
from portal.rules.plans import Due
from portal.views import methods
from portal.wording import Words


def with_saved(method: MethodRow, number: str, policy: Policy, words: Words) -> list[str]:
    """What is agreed to by choosing a card or bank account that is saved already, beside `charging`."""
    called = methods.called(method, words)
    if method.kind == "card":
        text = words.text(
            "I agree that %(seller)s charges %(method)s for payment plan %(number)s. The card is kept with Stripe, the "
            "payment company of %(seller)s.",
            seller=policy.seller_name,
            method=called,
            number=number,
        )
    else:
        text = words.text(
            "I authorize %(seller)s to debit %(method)s by electronic debits (ACH) for payment plan %(number)s, and to "
            "credit it where a debit was wrong. I may give this authorization for the account.",
            seller=policy.seller_name,
            method=called,
            number=number,
        )
    return [text]


def with_new(kind: str, policy: Policy, words: Words) -> list[str]:
    """The same for one that is saved on Stripe's page next."""
    return methods.consent(kind, "plan", policy, words)


def charging(number: str, dues: Sequence[Due], policy: Policy, words: Words, *, pays_today: bool) -> list[str]:
    """What is agreed to with whatever is charged: the payments of the plan, and how to withdraw. `pays_today`: what is
    due today is paid at once, so that no letter can come before it."""
    payments = [
        words.text("%(amount)s on %(date)s", amount=words.money(due.amount_cents), date=words.long_day(due.due_on))
        for due in dues
    ]
    said = (
        words.text(
            "I pay what is due today at once. %(seller)s writes to me at least two days before each later charge.",
            seller=policy.seller_name,
        )
        if pays_today
        else words.text("%(seller)s writes to me at least two days before each charge.", seller=policy.seller_name)
    )
    return [
        words.text(
            "For payment plan %(number)s this is charged: %(payments)s. No payment is charged before its date, or with "
            "more than its amount; what I have paid or was credited by then is taken off. One that does not go through "
            "is tried again up to three times.",
            number=number,
            payments="; ".join(payments),
        ),
        words.text(
            "%(said)s I can withdraw this at any time until a "
            "charge is sent, for no reason and at no cost: on the plan’s page, or by writing to %(contact)s. From then "
            "on I pay by hand; the plan itself stays as it is.",
            said=said,
            contact=policy.seller_email or policy.seller_phone or policy.seller_name,
        ),
    ]


def still_due(found: PlanStanding) -> Sequence[Due]:
    """The payments of a plan that are still open, in their amounts as agreed: the most that each may come to."""
    return [Due(row.position, row.due_on, row.agreed_cents) for row in found.rows if row.open_cents]


def as_kept(own: Sequence[str], shared: Sequence[str]) -> str:
    """The paragraphs of a choice as they are kept: a line for each."""
    return "\n".join((*own, *shared))
