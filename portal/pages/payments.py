"""Check and pay, and the way to Stripe's page and back."""

from typing import Literal
from urllib.parse import urlencode

from starlette.datastructures import ImmutableMultiDict
from starlette.responses import Response

from portal.actions import access as access_actions
from portal.actions import checkouts, payments, plan_standing, quotes, statements
from portal.actions.access import Access
from portal.actions.checkouts import FiguresChanged, HeldByAnother, Payer, Wish
from portal.actions.policies import Policy
from portal.actions.quotes import Choice
from portal.actions.statements import Standing
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.pages import plans as plan_page
from portal.pages import statements as statement_page
from portal.records import Session, accounts, attempts, collections, ledger, plans
from portal.records.attempts import AttemptRow
from portal.rules.links import mask_email
from portal.rules.money import parse_amount
from portal.rules.refusals import NotFound, Refusal
from portal.templating import decimal_mark
from portal.views import payments as view
from portal.web.forms import Form, FormRefused, read_form
from portal.web.visit import Visit
from portal.wording import Words

_PRESSES = "30 per 10 minutes"
# Each look at the return page asks Stripe, which answers an account only so often; the page itself looks every 5 s.
_LOOKS = "300 per 10 minutes"
_LONGEST_AMOUNT = 40


class PayForm(Form):
    """What check and pay sends besides the choice. `expected` is the amount on its button, `expected_credit` the
    account credit used with it, in cents."""

    method: Literal["card", "ach"]
    expected: int
    expected_credit: int = 0
    replace: str | None = None


_WORDS = {
    ("method", "*"): "Choose how you want to pay.",
    ("expected", "*"): "Check the figures again, then press the button.",
    ("expected_credit", "*"): "Check the figures again, then press the button.",
    ("replace", "*"): "Check the figures again, then press the button.",
}


def check(visit: Visit) -> Response:
    """What exactly will be charged, before money moves. A choice that cannot be paid goes back to the statement,
    or to its plan."""
    standing, access, policy, words = _load(visit)
    try:
        choice = _choice(visit.query, standing, access, words)
        typed = visit.query.get("amount", "")
        return _check_page(visit, access, standing, policy, words, choice, typed=typed, changed=_lost(choice, standing))
    except Refusal as refusal:
        if refusal.field is None or not access.whole_account:
            raise
        if plan := visit.query.get("plan"):
            return plan_page.refuse_amount(visit, plan, refusal)
        return statement_page.page(visit, standing, policy, words, refusal=refusal)


def start(visit: Visit) -> Response:
    """Start a payment and go on to Stripe; whatever stands in the way is shown where the button was pressed."""
    standing, access, policy, words = _load(visit)
    visit.throttle.check(_PRESSES, "pay", str(access.session_id))
    choice = _choice(visit.form, standing, access, words)
    typed = visit.form.get("amount", "")
    try:
        form = _read(visit.form, words)
    except FormRefused as refused:
        return _check_page(
            visit, access, standing, policy, words, choice, typed=typed, errors=refused.errors, status=422
        )
    payer = Payer(access.account.id, access.session_id, access.contact_id)
    wish = Wish(choice, view.KINDS[form.method], form.expected, form.replace, form.expected_credit)
    try:
        address = checkouts.begin(visit.resources, payer, wish, now=visit.now)
        return visit.see(address or f"/a/{access.account.public_id}?credit=used")
    except Refusal as refusal:
        if refusal.status < 500 and not isinstance(refusal, FiguresChanged | HeldByAnother):
            raise
        # Others were at work since the figures were loaded: show those of now.
        standing, access, policy, words = _load(visit)
        other = _other(visit, refusal.holder, access, words) if isinstance(refusal, HeldByAnother) else None
        return _stopped(
            visit, access, standing, policy, words, choice, refusal, other=other, typed=typed, method=form.method
        )


def come_back(visit: Visit) -> Response:
    """Where Stripe sends the browser: what has become of the payment.

    The one GET that may write: it brings its own payment up to date, as the webhook does.
    """
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = access_actions.find_access(session, visit.secret, visit.path["account"], now=visit.now)
        attempt = _attempt(session, found, visit.path["attempt"]) if found else None
    if found is None:
        context = {"errors": [], "email_value": "", "action": "/link"}
        # The same for every address, whether or not there is such a payment.
        return visit.page("payments/thanks.html", context, policy=policy, status=404)
    if attempt is None:
        raise NotFound("This payment is not part of the account that your link opens.")
    visit.throttle.check(_LOOKS, "return", str(found.session_id))
    is_known = _bring_up_to_date(visit, attempt)
    return _returned(visit, attempt, found, policy, is_known=is_known)


def _load(visit: Visit) -> tuple[Standing, Access, Policy, Words]:
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        access = visit.access(session)
        account = access.account
        standing = statements.load(session, account, on=policy.today, policy=policy)
    return standing, access, policy, policy.words(account.currency)


def _choice(given: ImmutableMultiDict[str, str], standing: Standing, access: Access, words: Words) -> Choice:
    """What is to be paid; a link to one document reaches only that one, and no lump sum."""
    typed, plan = given.get("amount", "").strip(), given.get("plan") or None
    if (typed or plan) and access.whole_account:
        ahead = given.get("ahead")
        if not typed:
            raise Refusal("Enter an amount, such as 25.00.", field="amount")
        if len(typed) > _LONGEST_AMOUNT:
            raise Refusal("That is too long for an amount. Write it like 1234.56.", field="amount")
        try:
            cents = parse_amount(typed, standing.account.currency, decimal_mark=decimal_mark(words.locale))
            return Choice(amount_cents=cents, plan=plan, ahead="next" if ahead == "next" else "last")
        except Refusal as refusal:
            refusal.field = "amount"
            raise
    beyond = {row.public_id for row in standing.charges.values() if not access.reaches(row.id)}
    return Choice(
        tuple(public_id for public_id in given.getlist("charge") if public_id not in beyond),
        uses_credit=access.whole_account and given.get("credit") != "keep",
    )


def _lost(choice: Choice, standing: Standing) -> bool:
    """Something of the choice is no longer open."""
    return not {row.public_id for row in standing.charges.values()}.issuperset(choice.charges)


def _read(given: ImmutableMultiDict[str, str], words: Words) -> PayForm:
    sentences = {key: words.text(text) for key, text in _WORDS.items()}
    form = read_form(PayForm, given, sentences)
    if form.method not in view.methods_for(words.currency):
        raise FormRefused([{"field": "method", "text": sentences["method", "*"]}])
    return form


def _stopped(
    visit: Visit,
    access: Access,
    standing: Standing,
    policy: Policy,
    words: Words,
    choice: Choice,
    refusal: Refusal,
    *,
    other: dict[str, str] | None,
    typed: str,
    method: str,
) -> Response:
    """Why the press did not lead to Stripe's page, above the figures and the button to press again."""
    page = _check_page(
        visit,
        access,
        standing,
        policy,
        words,
        choice,
        typed=typed,
        method=method,
        changed=isinstance(refusal, FiguresChanged) or _lost(choice, standing),
        other=other,
        errors=[{"field": "main", "text": words.text(refusal.message, **refusal.values)}]
        if refusal.status >= 500
        else [],
        status=refusal.status,
    )
    if refusal.status == 503:
        page.headers["retry-after"] = "30"
    return page


def _check_page(
    visit: Visit,
    access: Access,
    standing: Standing,
    policy: Policy,
    words: Words,
    choice: Choice,
    *,
    typed: str,
    method: str = "",
    changed: bool = False,
    other: dict[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
    status: int = 200,
) -> Response:
    account = standing.account
    base = f"/a/{account.public_id}"
    offers_credit = access.whole_account and choice.amount_cents is None
    with visit.resources.reading() as session:
        plan = quotes.plan_of(session, standing, choice, policy=policy)
    found = quotes.quote(standing, choice, policy=policy, plan=plan)
    methods = view.methods_for(account.currency)
    context = {
        **view.check(standing, found, words, typed=typed.strip(), plan=plan),
        "plan": view.chosen_plan(plan, choice, words, on=policy.today) if plan else None,
        "methods": methods,
        "method": method or methods[0],
        "changed": changed,
        "other": other,
        "errors": errors or [],
        # A lump sum is money, and a link to one document shows no account.
        "spare_credit": words.money_or_nothing(_spare(standing, choice)) if offers_credit else "",
        "links": {
            "action": f"{base}/payments",
            "statement": f"{base}/plans/{choice.plan}" if plan else base,
            "credit": f"{base}/pay?{urlencode(view.other_credit_choice(choice))}",
        },
    }
    return visit.page("payments/check.html", context, policy=policy, account=account, status=status)


def _spare(standing: Standing, choice: Choice) -> int:
    """The account credit that could be used for this choice."""
    return standing.spare_credit_for([row.id for row in standing.charges.values() if row.public_id in choice.charges])


def _other(visit: Visit, other: AttemptRow, access: Access, words: Words) -> dict[str, str]:
    """Whose checkout stands in the way; its amount only as far as the link reaches."""
    with visit.resources.reading() as session:
        quoted = attempts.quoted(session, other.id)
        email = accounts.email_of(session, other.contact_id) if other.contact_id else ""
    return {
        "id": other.public_id,
        "who": mask_email(email) if email else words.text("Somebody else"),
        "started": words.moment(other.created_at),
        "amount": words.money(sum(line.pay_cents for line in quoted if access.reaches(line.charge_id))),
    }


def _bring_up_to_date(visit: Visit, attempt: AttemptRow) -> bool:
    """Whether we know what became of the payment; else the webhook or the worker brings it in."""
    if attempt.state in ("succeeded", "failed"):
        return True
    try:
        payments.sync_payment(visit.resources, attempt.id, now=visit.now)
    except (StripeUnavailable, StripeRefused, payments.Contended, payments.Mismatch):
        return False
    return visit.resources.stripe is not None


def _attempt(session: Session, access: Access, public_id: str) -> AttemptRow | None:
    attempt = attempts.find(session, access.account.id, public_id)
    if attempt is None or access.whole_account:
        return attempt
    return attempt if access.reaches_all(line.charge_id for line in attempts.quoted(session, attempt.id)) else None


def _returned(visit: Visit, attempt: AttemptRow, access: Access, policy: Policy, *, is_known: bool) -> Response:
    with visit.resources.reading() as session:
        account = access.account
        standing = statements.load(session, account, on=policy.today, policy=policy)
        attempt = attempts.by_id(session, attempt.id)
        quoted = attempts.quoted(session, attempt.id)
        payment = ledger.payment_of_attempt(session, attempt.id)
        email = accounts.email_of(session, attempt.contact_id) if attempt.contact_id else ""
        plan = plans.by_id(session, attempt.plan_id) if attempt.plan_id and access.whole_account else None
        stands = plan_standing.load(session, plan, standing, policy=policy) if plan else None
        collection = collections.by_id(session, attempt.collection_id) if attempt.collection_id else None
    words = policy.words(account.currency)
    base = f"/a/{account.public_id}"
    of_plan = view.of_plan(attempt, stands, words, base=base) if stands else None
    again = view.again(standing, attempt, quoted, words)
    retry = of_plan["again"] if of_plan else f"{base}/pay?{urlencode(again)}"
    context = {
        **view.returned(attempt, quoted, words, email=mask_email(email) if email else "", is_known=is_known),
        "plan": of_plan,
        "links": {
            "statement": base,
            "receipt": f"{base}/receipts/{payment.public_id}" if payment else "",
            "retry": f"{base}/collections/{collection.public_id}" if collection else retry,
            "again": f"{base}/payments/{attempt.public_id}",
        },
    }
    return visit.page("payments/return.html", context, policy=policy, account=account)
