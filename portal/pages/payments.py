"""Check and pay, the way to Stripe's page and back, and what was paid so far."""

from contextlib import suppress
from typing import Literal

from starlette.datastructures import ImmutableMultiDict
from starlette.responses import Response

from portal.actions import access as access_actions
from portal.actions import checkouts, payments, quotes, statements
from portal.actions.access import Access
from portal.actions.checkouts import FiguresChanged, HeldByAnother, Payer, Wish
from portal.actions.policies import Policy
from portal.actions.quotes import Choice
from portal.actions.statements import Standing
from portal.gateways.stripe_values import StripeRefused, StripeUnavailable
from portal.pages import statements as statement_page
from portal.records import Session, accounts, attempts, ledger
from portal.records.accounts import AccountRow
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


class PayForm(Form):
    """The form of check and pay. `expected` is the amount on its button, in cents."""

    method: Literal["card", "ach"]
    expected: int
    charge: tuple[str, ...] = ()
    amount: str = ""
    replace: str | None = None


_WORDS = {
    ("method", "*"): "Choose bank account or card.",
    ("expected", "*"): "Go back to your statement and choose again what to pay.",
    ("charge", "*"): "Go back to your statement and choose again what to pay.",
    ("amount", "*"): "Enter an amount, like 1500.00.",
    ("replace", "*"): "Go back to your statement and choose again what to pay.",
}


def check(visit: Visit) -> Response:
    """What exactly will be charged, before money moves. A choice that cannot be paid goes back to the statement."""
    standing, access, policy, words = _load(visit)
    try:
        choice = _choice(visit.query, standing, access, words)
        return _check_page(visit, standing, policy, words, choice, typed=visit.query.get("amount", ""))
    except Refusal as refusal:
        if refusal.field is None or not access.whole_account:
            raise
        return statement_page.page(visit, standing, policy, words, refusal=refusal)


def start(visit: Visit) -> Response:
    """Start a payment and go on to Stripe; whatever stands in the way is shown where the button was pressed."""
    standing, access, policy, words = _load(visit)
    visit.throttle.check(_PRESSES, "pay", str(access.session_id))
    choice = _choice(visit.form, standing, access, words)
    typed = visit.form.get("amount", "")
    try:
        form = read_form(PayForm, visit.form, {key: words.text(text) for key, text in _WORDS.items()})
    except FormRefused as refused:
        return _check_page(visit, standing, policy, words, choice, typed=typed, errors=refused.errors, status=422)
    payer = Payer(access.account_id, access.session_id, access.contact_id)
    wish = Wish(choice, _method(form.method), form.expected, form.replace)
    shown = {"method": form.method, "typed": typed, "status": 409}
    try:
        return visit.see(checkouts.begin(visit.resources, payer, wish, now=visit.now))
    except FiguresChanged:
        return _check_page(visit, standing, policy, words, choice, changed=True, **shown)  # type: ignore[arg-type]
    except HeldByAnother as held:
        return _check_page(visit, standing, policy, words, choice, other=held.holder, **shown)  # type: ignore[arg-type]


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
        return visit.page("payments/thanks.html", context, policy=policy)
    if attempt is None:
        raise NotFound("This payment is not part of the account that your link opens.")
    # What cannot be read now shows as "still confirming": the webhook or the worker brings it in.
    with suppress(StripeUnavailable, StripeRefused, payments.Contended, payments.Mismatch):
        payments.sync_payment(visit.resources, attempt.id, now=visit.now)
    return _returned(visit, attempt, found, policy)


def history(visit: Visit) -> Response:
    """Payments, bank debits under way and those that failed."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        account = accounts.by_id(session, visit.access_to_account(session).account_id)
        made = ledger.payments_of(session, account.id)
        applied = ledger.applied(session, [payment.id for payment in made])
        others = [
            (attempt, attempts.quoted(session, attempt.id)) for attempt in attempts.without_payment(session, account.id)
        ]
    base = f"/a/{account.public_id}"
    context = {
        "payments": view.history(made, applied, others, _words(policy, account), base=base),
        "links": {"statement": base},
    }
    return visit.page("payments/history.html", context, policy=policy, account=account)


def _load(visit: Visit) -> tuple[Standing, Access, Policy, Words]:
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        access = visit.access(session)
        account = accounts.by_id(session, access.account_id)
        standing = statements.load(session, account, on=policy.today, policy=policy)
    return standing, access, policy, _words(policy, account)


def _choice(given: ImmutableMultiDict[str, str], standing: Standing, access: Access, words: Words) -> Choice:
    """What is to be paid; a link to one document reaches only that one, and no lump sum."""
    typed = given.get("amount", "").strip()
    if typed and access.whole_account:
        try:
            return Choice(amount_cents=parse_amount(typed, standing.account.currency, decimal_mark=_mark(words)))
        except Refusal as refusal:
            raise Refusal(refusal.sentence, field="amount") from refusal
    reached = {row.public_id for row in standing.charges.values() if access.reaches(row.id)}
    return Choice(tuple(public_id for public_id in given.getlist("charge") if public_id in reached))


def _mark(words: Words) -> Literal[",", "."]:
    return "," if decimal_mark(words.locale) == "," else "."


def _check_page(
    visit: Visit,
    standing: Standing,
    policy: Policy,
    words: Words,
    choice: Choice,
    *,
    typed: str,
    method: str = "",
    changed: bool = False,
    other: AttemptRow | None = None,
    errors: list[dict[str, str]] | None = None,
    status: int = 200,
) -> Response:
    account = standing.account
    base = f"/a/{account.public_id}"
    methods = view.methods_for(account.currency)
    context = {
        **view.check(standing, quotes.quote(standing, choice, policy=policy), words, typed=typed.strip()),
        "methods": methods,
        "method": method or methods[0],
        "changed": changed,
        "other": _other(visit, other, words) if other else None,
        "errors": errors or [],
        "links": {"action": f"{base}/payments", "statement": base},
    }
    return visit.page("payments/check.html", context, policy=policy, account=account, status=status)


def _other(visit: Visit, other: AttemptRow, words: Words) -> dict[str, str]:
    with visit.resources.reading() as session:
        email = accounts.email_of(session, other.contact_id) if other.contact_id else ""
    return {
        "id": other.public_id,
        "who": mask_email(email) if email else words.text("Somebody else"),
        "started": words.moment(other.created_at),
        "amount": words.money(other.amount_cents),
    }


def _attempt(session: Session, access: Access, public_id: str) -> AttemptRow | None:
    attempt = attempts.find(session, access.account_id, public_id)
    if attempt is None or access.whole_account:
        return attempt
    reached = all(access.reaches(line.charge_id) for line in attempts.quoted(session, attempt.id))
    return attempt if reached else None


def _returned(visit: Visit, attempt: AttemptRow, access: Access, policy: Policy) -> Response:
    with visit.resources.reading() as session:
        account = accounts.by_id(session, access.account_id)
        attempt = attempts.by_id(session, attempt.id)
        quoted = attempts.quoted(session, attempt.id)
        payment = ledger.payment_of_attempt(session, attempt.id)
        email = accounts.email_of(session, attempt.contact_id) if attempt.contact_id else ""
    words = _words(policy, account)
    base = f"/a/{account.public_id}"
    retry = "&".join(f"charge={line.charge_public_id}" for line in quoted)
    context = {
        **view.returned(attempt, quoted, words, email=mask_email(email) if email else ""),
        "links": {
            "statement": base,
            "receipt": f"{base}/receipts/{payment.public_id}" if payment else "",
            "retry": f"{base}/pay?{retry}",
            "again": f"{base}/payments/{attempt.public_id}",
        },
    }
    return visit.page("payments/return.html", context, policy=policy, account=account)


def _method(chosen: str) -> Literal["card", "us_bank_account"]:
    return "us_bank_account" if chosen == "ach" else "card"


def _words(policy: Policy, account: AccountRow) -> Words:
    return Words(policy.locale, account.currency, policy.time_zone, policy.today)
