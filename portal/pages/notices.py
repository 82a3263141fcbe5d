"""Telling us that money is on its way, or that a credit is to be paid back; and taking that back."""

from collections.abc import Callable
from datetime import date
from typing import Literal, TypeVar

from starlette.responses import Response

from portal.actions import notices, statements
from portal.actions.access import Access
from portal.actions.notices import Sent
from portal.actions.policies import Policy
from portal.rules.dates import parse_date
from portal.rules.money import parse_amount
from portal.rules.refusals import Refusal
from portal.templating import decimal_mark
from portal.views import notices as view
from portal.web.visit import Visit
from portal.wording import Words

_PRESSES = "30 per 10 minutes"
_LONGEST_AMOUNT = 40
# What is shown again is no longer than anyone means to type.
_KEPT = 200

Read = TypeVar("Read")


def show(visit: Visit) -> Response:
    """The form for money that was sent another way."""
    access, policy = _load(visit)
    return _form(visit, access, policy, errors=[])


def tell(visit: Visit) -> Response:
    """Take the notice down, then back to the statement, which says it; what is wrong is said at its field."""
    access, policy = _load(visit)
    if visit.form.get("kind") == "refund":
        return _ask_back(visit, access)
    try:
        _count(visit, access)
    except Refusal as refusal:
        said = policy.words(access.account.currency).text(refusal.message, **refusal.values)
        return _form(visit, access, policy, errors=[{"field": "method", "text": said}], status=refusal.status)
    sent, errors = _read(visit, policy, policy.words(access.account.currency))
    if sent is None:
        return _form(visit, access, policy, errors=errors)
    with visit.resources.writing() as session:
        notices.tell(session, access.account, sent, contact_id=access.contact_id, today=policy.today, now=visit.now)
    return _back(visit, access)


def withdraw(visit: Visit) -> Response:
    """Take one back."""
    access, _ = _load(visit)
    _count(visit, access)
    with visit.resources.writing() as session:
        notices.withdraw(session, access.account.id, visit.path["notice"], contact_id=access.contact_id, now=visit.now)
    return _back(visit, access)


def _load(visit: Visit) -> tuple[Access, Policy]:
    with visit.resources.reading() as session:
        return visit.access_to_account(session), visit.policy(session)


def _count(visit: Visit, access: Access) -> None:
    visit.throttle.check(_PRESSES, "notice", str(access.session_id))


def _ask_back(visit: Visit, access: Access) -> Response:
    _count(visit, access)
    shown = visit.form.get("expected", "")
    with visit.resources.writing() as session:
        policy = visit.policy(session)
        standing = statements.load(session, access.account, on=policy.today, policy=policy)
        notices.ask_back(
            session,
            standing,
            shown_cents=int(shown) if shown.isascii() and shown.isdigit() and len(shown) <= 18 else -1,
            contact_id=access.contact_id,
            now=visit.now,
        )
    return _back(visit, access)


def _back(visit: Visit, access: Access) -> Response:
    return visit.see(f"/a/{access.account.public_id}#told")


def _read(visit: Visit, policy: Policy, words: Words) -> tuple[Sent | None, list[dict[str, str]]]:
    """The notice, or what is wrong with each field, in their order."""
    errors: list[dict[str, str]] = []

    def read(field: str, reading: Callable[[str], Read]) -> Read | None:
        try:
            return reading(visit.form.get(field, "").strip())
        except Refusal as refusal:
            errors.append({"field": field, "text": words.text(refusal.message, **refusal.values)})
            return None

    method = read("method", _method)
    cents = read("amount", lambda typed: _amount(typed, words))
    sent_on = read("sent_on", lambda typed: _day(typed, policy))
    reference = read("reference", _reference)
    if method is None or cents is None or sent_on is None or reference is None:
        return None, errors
    return Sent(method, cents, sent_on, reference), errors


def _method(typed: str) -> Literal["cheque", "wire", "other"]:
    if typed not in view.METHODS:
        raise Refusal("Choose how you sent it.")
    return typed  # type: ignore[return-value]


def _amount(typed: str, words: Words) -> int:
    if not typed:
        raise Refusal("Enter the amount that you sent.")
    if len(typed) > _LONGEST_AMOUNT:
        raise Refusal("That is too long for an amount. Write it like 1234.56.")
    cents = parse_amount(typed, words.currency, decimal_mark=decimal_mark(words.locale))
    notices.check_amount(cents)
    return cents


def _day(typed: str, policy: Policy) -> date:
    if not typed:
        raise Refusal("Enter the day on which you sent it.")
    try:
        sent_on = parse_date(typed)
    except Refusal:
        raise Refusal("Enter the day on which you sent it, such as 2026-03-31.") from None
    notices.check_day(sent_on, today=policy.today)
    return sent_on


def _reference(typed: str) -> str:
    """One line of what can be seen: it is read in letters and terminals too."""
    seen = "".join(letter if letter.isprintable() else " " for letter in typed)
    reference = " ".join(seen.split())
    notices.check_reference(reference)
    return reference


def _form(visit: Visit, access: Access, policy: Policy, *, errors: list[dict[str, str]], status: int = 422) -> Response:
    """`status` is for a form with errors."""
    account = access.account
    typed = {name: visit.form.get(name, "")[:_KEPT] for name in ("method", "amount", "sent_on", "reference")}
    context = view.form(policy.words(account.currency), typed=typed, errors=errors, base=f"/a/{account.public_id}")
    answered = status if errors else 200
    return visit.page("notices/form.html", context, policy=policy, account=account, status=answered)
