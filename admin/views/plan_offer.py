"""The form for an offer of a payment plan: what it starts with, and what each option of it would come to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from admin.views.plan import dues_table
from admin.views.plans import EVERY
from admin.views.things import Option
from portal.actions.plan_standing import PlanStanding
from portal.actions.plans import MOST_OPTIONS, broken, guardrails, last_offer_day, shape_of
from portal.actions.policies import Policy
from portal.records.accounts import ContactRow
from portal.records.charges import ChargeRow
from portal.records.plans import OptionRow
from portal.rules.dates import add_months
from portal.rules.plans import MOST_WITHOUT_WARNING, Shape, is_credit, least_down_cents, schedule
from portal.rules.refusals import Refusal
from portal.wording import Words


def beginning(total_cents: int, policy: Policy) -> Mapping[int, Shape]:
    """The first option before anybody has typed: the most that customers may have without asking."""
    limits = guardrails(policy)
    count = min(limits.most_count, MOST_WITHOUT_WARNING)
    return {1: Shape(least_down_cents(total_cents, limits), count, "month", add_months(policy.today, 1))}


def asked(options: Sequence[OptionRow], today: date) -> Mapping[int, Shape]:
    """What a customer has asked for, to be changed; none of it begins in the past."""
    shapes = {option.position: shape_of(option) for option in options[:MOST_OPTIONS]}
    return {place: replace(shape, first_on=max(today, shape.first_on)) for place, shape in shapes.items()}


def remaining(found: PlanStanding, option: OptionRow | None, today: date) -> Mapping[int, Shape]:
    """What is still to come of a plan, in its own rhythm, to be changed."""
    left = [row for row in found.rows if row.left_cents]
    if not left or option is None:
        return {}
    return {1: Shape(0, len(left), shape_of(option).every, max(today, left[0].due_on))}


def fields(shapes: Mapping[int, Shape], policy: Policy, currency: str) -> Mapping[str, str]:
    """What the form says at first."""
    found = {"expires_on": last_offer_day(policy).isoformat()}
    for place, shape in shapes.items():
        found |= _fields(place, shape, policy.words(currency))
    return found


def problems(total_cents: int, shapes: Mapping[int, Shape], policy: Policy, currency: str) -> Mapping[int, str]:
    """By option, what is wrong with one that cannot be a plan at all."""
    found = {}
    for place, shape in shapes.items():
        try:
            broken(total_cents, shape, currency=currency, policy=policy)
        except Refusal as refusal:
            found[place] = refusal.sentence
    return found


def rhythms() -> Sequence[tuple[str, str]]:
    """How often: (value, text)."""
    return tuple(EVERY.items())


def charge_options(
    there: Mapping[int, int], charges: Mapping[int, ChargeRow], words: Words, *, chosen: Collection[str]
) -> Sequence[Option]:
    """What can be covered, the oldest due first, to tick."""
    rows = sorted((charges[charge_id] for charge_id in there), key=lambda row: (row.due_on, row.id))
    return [
        Option(
            row.public_id,
            f"{row.number}, due {words.day(row.due_on)}",
            words.money(there[row.id]),
            row.public_id in chosen,
        )
        for row in rows
    ]


def contact_options(contacts: Sequence[ContactRow], wanted: str) -> Sequence[Option]:
    """Who gets it; the address on file is the first. Two may have one name, and a phone cuts off what is long."""
    first = wanted or (str(contacts[0].id) if contacts else "")
    return [
        Option(str(each.id), f"{each.email}, {each.name}" if each.name else each.email, "", str(each.id) == first)
        for each in contacts
    ]


def preview(
    total_cents: int,
    shapes: Mapping[int, Shape | None],
    problems: Mapping[int, str],
    policy: Policy,
    words: Words,
    *,
    is_business: bool,
) -> Mapping[str, object]:
    """What would be offered: {total, options: {title, problem, table, outside, is_credit}}.

    `shapes` are by the number of their option, None for one that makes no sense, which has a problem instead; without
    a total there is nothing.
    """
    if not total_cents:
        return {"total": "", "options": []}
    return {
        "total": words.money(total_cents),
        "options": [
            {
                "title": f"Option {number}",
                "problem": problems.get(number, ""),
                "table": dues_table(schedule(total_cents, shape, today=policy.today), words)
                if shape and number not in problems
                else None,
                "outside": _outside(total_cents, shape, policy, words) if shape and number not in problems else [],
                "is_credit": shape is not None and is_credit(shape, is_business=is_business),
            }
            for number, shape in shapes.items()
        ],
    }


def _outside(total_cents: int, shape: Shape, policy: Policy, words: Words) -> list[str]:
    found = broken(total_cents, shape, currency=words.currency, policy=policy)
    return [each.message % each.values for each in found]


def _fields(number: int, shape: Shape, words: Words) -> dict[str, str]:
    down = words.typed(shape.down_cents) if shape.down_cents else ""
    return {
        f"down-{number}": down,
        f"count-{number}": str(shape.count),
        f"every-{number}": shape.every,
        f"first_on-{number}": shape.first_on.isoformat(),
    }
