"""The page on which a customer makes a payment plan: what was typed, and each date and amount it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.actions.plans import coverable, given_up
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.rules.dates import add_months
from portal.rules.plans import EVERY, Broken, Due, Guardrails, Shape, least_down_cents, outside
from portal.wording import Words


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, as typed; `charges` are public ids."""

    charges: tuple[str, ...]
    down: str
    count: str
    every: str
    first_on: str
    words: str = ""


def first_guess(
    total_cents: int, guardrails: Guardrails, charges: tuple[str, ...], words: Words, *, today: date
) -> Typed:
    """What the form holds at first: the least first amount, then as many monthly payments as the limits allow."""
    down_cents = least_down_cents(total_cents, guardrails)
    first_on = min(add_months(today, 1), today + timedelta(days=guardrails.most_first_days))
    count = guardrails.most_count
    while count > 1 and outside(
        total_cents, Shape(down_cents, count, "month", first_on), guardrails, today=today, currency=words.currency
    ):
        count -= 1
    return filled(Shape(down_cents, count, "month", first_on), charges, words)


def filled(shape: Shape, charges: tuple[str, ...], words: Words) -> Typed:
    """The form with these terms filled in."""
    down = words.typed(shape.down_cents) if shape.down_cents else ""
    return Typed(charges, down, str(shape.count), shape.every, shape.first_on.isoformat())


def builder(
    standing: Standing,
    typed: Typed,
    total_cents: int,
    dues: Sequence[Due],
    limits: Sequence[Broken],
    *,
    policy: Policy,
    words: Words,
) -> dict[str, object]:
    """Everything the page shows; without `dues` there is nothing to preview yet."""
    return {
        "charges": [
            {
                "id": standing.charges[row.item.charge_id].public_id,
                "number": row.item.number,
                "due": words.day(row.item.due_on),
                "amount": words.money(row.item.parts.payable_cents),
                "chosen": standing.charges[row.item.charge_id].public_id in typed.charges,
            }
            for row in standing.statement.rows
            if row.item.parts.payable_cents
        ],
        "down": typed.down,
        "count": typed.count,
        "every": typed.every,
        "first_on": typed.first_on,
        "typed_words": typed.words,
        "rhythms": [{"value": each, "name": rhythm(each, words)} for each in EVERY],
        "first_day": policy.today.isoformat(),
        "total": words.money(total_cents),
        "rows": schedule_rows(dues, words),
        "limits": [words.text(each.message, **each.values) for each in limits],
        "asks": bool(limits) or policy.plan_self_service == "off",
        "compared": compared(standing, coverable(standing, typed.charges), words),
        "rules": limits_in_words(policy, words),
    }


def schedule_rows(dues: Sequence[Due], words: Words) -> list[dict[str, str]]:
    """Each payment with its name, day and amount."""
    most = max((due.position for due in dues), default=0)
    return [
        {"name": payment_name(due.position, most, words), "date": words.long_day(due.due_on),
         "amount": words.money(due.amount_cents)}
        for due in dues
    ]  # fmt: skip


def offered_rows(dues: Sequence[Due], words: Words) -> list[dict[str, str]]:
    """The same of an offer, which may be accepted on a later day: its first amount is due then."""
    rows = schedule_rows(dues, words)
    return [
        row if due.position else {**row, "date": words.text("When you agree")}
        for due, row in zip(dues, rows, strict=True)
    ]


def payment_name(position: int, most: int, words: Words) -> str:
    """`First amount`, or `Payment 2 of 3`."""
    if position == 0:
        return words.text("First amount")
    return words.text("Payment %(position)s of %(most)s", position=position, most=most)


def rhythm(every: str, words: Words) -> str:
    """How often, as a choice says it."""
    return {
        "week": words.text("Every week"),
        "fortnight": words.text("Every two weeks"),
        "month": words.text("Every month"),
    }[every]


def compared(standing: Standing, covered: Mapping[int, int], words: Words) -> str:
    """What the plan costs beside paying this now (cents by charge): nothing, but for discounts that would bring."""
    discount_cents = sum(offer.discount_cents for offer in given_up(standing, covered))
    if discount_cents:
        return words.text(
            "The plan costs nothing extra. Paying it all today would save %(discount)s by early-payment discounts, "
            "which a plan does not get.",
            discount=words.money(discount_cents),
        )
    return words.text("The plan costs nothing extra: no interest and no fee.")


def limits_in_words(policy: Policy, words: Words) -> list[str]:
    """What a plan must keep to, to need nobody's answer."""
    if policy.plan_self_service == "off":
        return []
    said = [
        words.text("at most %(count)s payments after the first amount", count=policy.plan_most_payments),
        words.text("each at least %(amount)s", amount=words.money(policy.plan_least_cents)),
        words.text("all paid within %(days)s days", days=policy.plan_most_days),
    ]
    if policy.plan_least_down_bp:
        share = words.percent(policy.plan_least_down_bp)
        said.insert(0, words.text("at least %(share)s of the total today", share=share))
    return said
