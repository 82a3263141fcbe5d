"""Need more time? A customer makes a payment plan within the owner's limits, or asks for one beyond them.

The form is a GET until it is sent: working out a plan changes nothing.
"""

from collections.abc import Sequence

from starlette.datastructures import ImmutableMultiDict
from starlette.responses import Response

from portal.actions import plans, statements
from portal.actions.access import Access
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.rules.dates import is_far_off, parse_date
from portal.rules.money import parse_amount
from portal.rules.plans import EVERY, Broken, Due, Every, Shape, faults, schedule
from portal.rules.refusals import Conflict, Refusal
from portal.templating import decimal_mark
from portal.views import plan_builder as view
from portal.views.plan_builder import Typed
from portal.web.visit import Visit
from portal.wording import Words

_PRESSES = "30 per 10 minutes"
_LONGEST = 40
# In the order of the page.
_FIELDS = ("charges", "down", "count", "every", "first_on")
Errors = list[dict[str, str]]


def show(visit: Visit) -> Response:
    """The form with what it comes to so far."""
    standing, _, policy, words = _load(visit)
    typed = _typed(visit.query, standing, policy, words)
    return _page(visit, standing, policy, words, typed, [])


def make(visit: Visit) -> Response:
    """Make the plan, or ask for it; then on to its page."""
    standing, access, policy, words = _load(visit)
    typed = _typed(visit.form, standing, policy, words)
    try:
        visit.throttle.check(_PRESSES, "plan", str(access.session_id))
    except Refusal as refusal:
        return _page(visit, standing, policy, words, typed, _said(refusal, words), status=refusal.status)
    covered = plans.coverable(standing, typed.charges)
    shape, errors = _shape(typed, sum(covered.values()), words, policy)
    if shape is None:
        return _page(visit, standing, policy, words, typed, errors, status=422)
    try:
        with visit.resources.writing() as session:
            made = plans.make(session, access, plans.Wish(covered, shape, typed.words), policy=policy, now=visit.now)
    except Refusal as refusal:
        if isinstance(refusal, Conflict):
            raise
        return _page(visit, standing, policy, words, typed, _said(refusal, words), status=refusal.status)
    return visit.see(f"/a/{access.account.public_id}/plans/{made.public_id}")


def _said(refusal: Refusal, words: Words) -> Errors:
    """At the field that it is about."""
    return [{"field": refusal.field or "count", "text": words.text(refusal.message, **refusal.values)}]


def _load(visit: Visit) -> tuple[Standing, Access, Policy, Words]:
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        access = visit.access_to_account(session)
        standing = statements.load(session, access.account, on=policy.today, policy=policy)
    return standing, access, policy, policy.words(access.account.currency)


def _typed(given: ImmutableMultiDict[str, str], standing: Standing, policy: Policy, words: Words) -> Typed:
    """What was sent, else a first guess for everything that can be paid."""
    payable = [standing.charges[row.item.charge_id].public_id for row in standing.statement.rows
               if row.item.parts.payable_cents]  # fmt: skip
    if "count" not in given:
        chosen = tuple(each for each in payable if each in given.getlist("charge")) or tuple(payable)
        total_cents = sum(plans.coverable(standing, chosen).values())
        return view.first_guess(total_cents, plans.guardrails(policy), chosen, words, today=policy.today)
    return Typed(
        charges=tuple(given.getlist("charge")),
        down=given.get("down", "").strip()[:_LONGEST],
        count=given.get("count", "").strip()[:_LONGEST],
        every=given.get("every", "month"),
        first_on=given.get("first_on", "").strip()[:_LONGEST],
        words=given.get("words", "")[: plans.LONGEST_WORDS],
    )


def _shape(typed: Typed, total_cents: int, words: Words, policy: Policy) -> tuple[Shape | None, Errors]:
    """The shape that was typed, or everything that is wrong with it, field by field."""
    wrong: dict[str, str] = {}
    # What cannot be read is taken for something that can be, so that the rest is looked at too.
    down_cents, count, first_on = 0, 1, policy.today
    if not total_cents:
        wrong["charges"] = words.text("Choose at least one invoice.")
    if typed.down:
        try:
            down_cents = parse_amount(typed.down, words.currency, decimal_mark=decimal_mark(words.locale))
        except Refusal as refusal:
            wrong["down"] = words.text(refusal.message, **refusal.values)
    if typed.count.isascii() and typed.count.isdigit():
        count = int(typed.count)
    else:
        wrong["count"] = words.text("Enter how many payments, such as 3.")
    every: Every | None = next((each for each in EVERY if each == typed.every), None)
    if every is None:
        wrong["every"] = words.text("Choose how often you want to pay.")
    try:
        first_on = parse_date(typed.first_on, order="mdy")
    except Refusal:
        wrong["first_on"] = (
            words.text("That day is too far off. Choose a sooner day.")
            if is_far_off(typed.first_on)
            else words.text("Enter the day of the first payment.")
        )
    shape = Shape(down_cents, count, every or "month", first_on)
    for fault in faults(total_cents, shape, today=policy.today, currency=words.currency):
        # Without an invoice there is no whole that the first amount could be too large for.
        if fault.field and (total_cents or fault.field != "down" or down_cents < 0):
            wrong.setdefault(fault.field, words.text(fault.message, **fault.values))
    errors = [{"field": field, "text": wrong[field]} for field in _FIELDS if field in wrong]
    return None if errors else shape, errors


def _page(
    visit: Visit, standing: Standing, policy: Policy, words: Words, typed: Typed, errors: Errors, *, status: int = 200
) -> Response:
    account = standing.account
    total_cents = sum(plans.coverable(standing, typed.charges).values())
    dues: Sequence[Due] = ()
    limits: Sequence[Broken] = ()
    shape, wrong = _shape(typed, total_cents, words, policy)
    if shape is not None:
        limits = plans.broken(total_cents, shape, currency=account.currency, policy=policy)
        dues = schedule(total_cents, shape, today=policy.today)
    base = f"/a/{account.public_id}"
    context = {
        **view.builder(standing, typed, total_cents, dues, limits, policy=policy, words=words),
        "errors": errors or wrong,
        "links": {"statement": base, "preview": f"{base}/plans/new", "action": f"{base}/plans"},
    }
    return visit.page("plans/builder.html", context, policy=policy, account=account, status=status)
