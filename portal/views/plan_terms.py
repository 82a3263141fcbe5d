"""The terms of a payment plan, word for word: the same on the page, in the agreement and in what is kept of it.

The words are put together once, with their figures; their hash says whether what is accepted is what was shown.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records.accounts import AccountRow
from portal.records.plans import CoveredRow, PlanRow
from portal.rules.plans import LONGEST_MOVE_DAYS, Due
from portal.views.plan_builder import schedule_rows
from portal.wording import Words

# Raised when the clauses below change, so that evidence says which it was.
_EDITION = 2

Terms = Mapping[str, Any]


def terms(
    plan: PlanRow,
    option: int,
    dues: Sequence[Due],
    covered: Sequence[CoveredRow],
    replaces: PlanRow | None,
    standing: Standing,
    *,
    account: AccountRow,
    policy: Policy,
    words: Words,
) -> Terms:
    """Everything that is agreed, as data and as text; what it is made of is fixed for a version of the offer and a
    day."""
    numbers = {charge.id: charge.number for charge in standing.charges.values()}
    return {
        "edition": _EDITION,
        "plan": plan.number,
        "option": option,
        "seller": {"name": policy.seller_name, "address": policy.seller_address, "email": policy.seller_email},
        "customer": {"name": account.name, "number": account.number or ""},
        "currency": account.currency.upper(),
        "total_cents": sum(due.amount_cents for due in dues),
        "total": words.money(sum(due.amount_cents for due in dues)),
        "covered": [
            {
                "number": numbers.get(row.charge_id, ""),
                "cents": row.covered_cents,
                "amount": words.money(row.covered_cents),
            }
            for row in covered
        ],
        "rows": [
            {"position": due.position, "due_on": due.due_on.isoformat(), "cents": due.amount_cents, **shown}
            for due, shown in zip(dues, schedule_rows(dues, words), strict=True)
        ],
        "clauses": [*(_replacing(replaces, words) if replaces else ()), *_clauses(dues, policy, words)],
    }


def digest(found: Terms) -> str:
    """The SHA-256 of the terms, as hexadecimal text: of their data with sorted names, in UTF-8."""
    text = json.dumps(found, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def consents(policy: Policy, words: Words) -> Mapping[str, str]:
    """What is ticked beside the name, by the field's name: word for word what is kept."""
    return {
        "agree": words.text(
            "I agree to pay %(seller)s by this plan, and I may do so for the customer named in it.",
            seller=policy.seller_name,
        ),
        "electronic": words.text(
            "I have opened the agreement and can read and keep it. I agree to get it and every notice about this plan "
            "by email and on these pages instead of on paper. I can have a paper copy for free. By writing to "
            "%(seller)s I can withdraw this consent or change my address at any time.",
            seller=policy.seller_email or policy.seller_name,
        ),
    }


def _replacing(old: PlanRow, words: Words) -> list[dict[str, str]]:
    text = words.text(
        "This plan takes the place of plan %(number)s, which ends when you agree to this one. What you have paid for "
        "that plan stays paid.",
        number=old.number,
    )
    return [{"title": words.text("What it replaces"), "text": text}]


def _clauses(dues: Sequence[Due], policy: Policy, words: Words) -> list[dict[str, str]]:
    announced = (
        words.text("We tell you at least two days before each charge after what you pay today.")
        if any(due.due_on <= policy.today for due in dues)
        else words.text("We tell you at least two days before each charge.")
    )
    said = (
        (
            words.text("What it costs"),
            words.text("Nothing. There is no interest and no charge for this plan."),
        ),
        (
            words.text("While you keep it"),
            words.text(
                "The amounts in this plan are not overdue, draw no late fee, and you get no reminders for them other "
                "than about the dates above."
            ),
        ),
        (
            words.text("Paying earlier"),
            words.text(
                "You can pay a date early, or pay more, at any time. Your payment first settles what is due, or else "
                "the next date; what is more comes off the last payment, unless you choose the dates that follow."
            ),
        ),
        (
            words.text("Moving a date"),
            words.text("One date may be moved once, by up to %(days)s days, before it is due.", days=LONGEST_MOVE_DAYS),
        ),
        (
            words.text("Credits and disputes"),
            words.text(
                "You give up none of your rights. You can dispute any line of the invoices; what is disputed is not "
                "collected while we look into it. A credit shortens the plan from its end."
            ),
        ),
        (
            words.text("If a payment is late"),
            words.text(
                "If a payment is more than %(grace)s days late, we write to you, and you have %(cure)s days from then "
                "to make up for it. If you do not, the plan ends, and what is left of it is due as it was before.",
                grace=policy.plan_grace_days,
                cure=policy.plan_cure_days,
            ),
        ),
        (
            words.text("Automatic payments"),
            words.text(
                "They are your choice and no condition of this plan. %(announced)s "
                "You can leave them at any time before a charge is sent, and pay by hand instead.",
                announced=announced,
            ),
        ),
        (
            words.text("Changes"),
            words.text("Amounts never rise and dates never come earlier unless you agree to it first."),
        ),
    )
    return [{"title": title, "text": text} for title, text in said]
