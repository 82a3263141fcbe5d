"""The very words under which a payment plan is charged by itself: what is charged, when, and how that is withdrawn.

They are put together once, with the plan's own amounts and days; what was shown is what is kept.
"""

from collections.abc import Sequence
from datetime import timedelta

from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.records.saved_methods import MethodRow
from portal.rules.collecting import notice_days
from portal.rules.plans import Due
from portal.views import methods
from portal.wording import Words


def with_saved(method: MethodRow, number: str, policy: Policy, words: Words) -> list[str]:
    """What is agreed to by choosing a card or bank account that is saved already, beside `charging`."""
    called = methods.called(method, words)
    if method.kind == "card":
        text = words.text(
            "I agree that %(seller)s charges %(method)s for payment plan %(number)s. The card is kept with Stripe, its "
            "payment company.",
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
        else words.text(
            "%(seller)s writes to me at least two days before each charge; a payment that is due sooner is charged two "
            "days after that letter at the earliest.",
            seller=policy.seller_name,
        )
    )
    return [
        words.text(
            "For payment plan %(number)s this is charged: %(payments)s. No payment is charged before its date, or with "
            "more than the plan sets for it; what I have paid or was credited by then is taken off, and what came back "
            "or is owed after a dispute is added. One that does not go through is tried again up to three times.",
            number=number,
            payments="; ".join(payments),
        ),
        words.text(
            "%(said)s I can withdraw this at any time until a charge is sent, for no reason and at no cost: by writing "
            "to %(contact)s, or on the plan’s page. From then on I pay by hand; the plan itself stays as it is.",
            said=said,
            contact=policy.seller_email or policy.seller_phone or policy.seller_name,
        ),
    ]


def still_due(found: PlanStanding) -> Sequence[Due]:
    """What is still to be paid of each payment of a plan; what is on its way or disputed is not."""
    return [Due(row.position, row.due_on, row.left_cents) for row in found.rows if row.left_cents]


def due_soon(dues: Sequence[Due], words: Words) -> str:
    """When what is due sooner than a notice takes is charged; "" where nothing is."""
    earliest = words.today + timedelta(days=notice_days("card", varies=False))
    soon = [due for due in dues if due.due_on < earliest]
    if not soon:
        return ""
    return words.text(
        "Nothing is charged today. We write to you first, so %(amount)s that is due by %(due)s is charged on %(date)s "
        "at the earliest. You can pay it by hand before.",
        amount=words.money(sum(due.amount_cents for due in soon)),
        due=words.long_day(soon[-1].due_on),
        date=words.long_day(earliest),
    )


def as_kept(own: Sequence[str], shared: Sequence[str]) -> str:
    """The paragraphs of a choice as they are kept: a line for each."""
    return "\n".join((*own, *shared))
