"""Need more time? A customer makes a payment plan within the owner's limits, or asks for one beyond them.

The form is a GET until it is sent: working out a plan changes nothing.
"""

from collections.abc import Sequence
from datetime import date

from starlette.datastructures import ImmutableMultiDict
from starlette.responses import Response

from portal.actions import plans, statements
from portal.actions.access import Access
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.rules.dates import parse_date
from portal.rules.money import parse_amount
from portal.rules.plans import EVERY, Broken, Due, Every, Shape, schedule
from portal.rules.refusals import Conflict, Refusal
from portal.templating import decimal_mark
from portal.views import plan_builder as view
from portal.views.plan_builder import Typed
from portal.web.visit import Visit
from portal.wording import Words

_PRESSES = "30 per 10 minutes"
_LONGEST = 40
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
    shape, errors = _shape(typed, words, policy)
    if shape is None:
        return _page(visit, standing, policy, words, typed, errors, status=422)
    covered = plans.coverable(standing, typed.charges)
    if not covered:
        # The page says by itself that nothing is chosen.
        return _page(visit, standing, policy, words, typed, [], status=422)
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
        return view.first_guess(
            total_cents, plans.guardrails(policy), chosen, today=policy.today, currency=words.currency,
            mark=decimal_mark(words.locale),
        )  # fmt: skip
    return Typed(
        charges=tuple(given.getlist("charge")),
        down=given.get("down", "").strip()[:_LONGEST],
        count=given.get("count", "").strip()[:_LONGEST],
        every=given.get("every", "month"),
        first_on=given.get("first_on", "").strip()[:_LONGEST],
        words=given.get("words", "")[: plans.LONGEST_WORDS],
    )


def _shape(typed: Typed, words: Words, policy: Policy) -> tuple[Shape | None, Errors]:
    """The shape that was typed, or what is wrong with it, field by field."""
    errors: Errors = []
    down_cents, first_on = 0, policy.today
    if typed.down:
        try:
            down_cents = parse_amount(typed.down, words.currency, decimal_mark=decimal_mark(words.locale))
        except Refusal as refusal:
            errors.append({"field": "down", "text": words.text(refusal.message, **refusal.values)})
    count = int(typed.count) if typed.count.isascii() and typed.count.isdigit() else 0
    if not 1 <= count <= 999:
        errors.append({"field": "count", "text": words.text("Enter how many payments, such as 3.")})
    every: Every | None = next((each for each in EVERY if each == typed.every), None)
    if every is None:
        errors.append({"field": "every", "text": words.text("Choose how often you want to pay.")})
    try:
        first_on = _day(typed.first_on)
    except Refusal:
        errors.append({"field": "first_on", "text": words.text("Enter the day of the first payment.")})
    if errors or every is None:
        return None, errors
    return Shape(down_cents, count, every, first_on), []


def _day(typed: str) -> date:
    return parse_date(typed, order="mdy")


def _page(
    visit: Visit, standing: Standing, policy: Policy, words: Words, typed: Typed, errors: Errors, *, status: int = 200
) -> Response:
    account = standing.account
    total_cents = sum(plans.coverable(standing, typed.charges).values())
    dues: Sequence[Due] = ()
    limits: Sequence[Broken] = ()
    shape, wrong = _shape(typed, words, policy)
    if shape is not None and total_cents:
        try:
            limits = plans.broken(total_cents, shape, currency=account.currency, policy=policy)
            dues = schedule(total_cents, shape, today=policy.today)
        except Refusal as refusal:
            wrong = _said(refusal, words)
    elif not total_cents:
        wrong = [{"field": "charges", "text": words.text("Choose at least one invoice.")}]
    base = f"/a/{account.public_id}"
    context = {
        **view.builder(standing, typed, total_cents, dues, limits, policy=policy, words=words),
        "errors": errors or wrong,
        "links": {"statement": base, "preview": f"{base}/plans/new", "action": f"{base}/plans"},
    }
    return visit.page("plans/builder.html", context, policy=policy, account=account, status=status)
