"""Giving a payment, or a part of it, back to the customer."""

from starlette.responses import Response

from admin.pages.payment import Opened, load
from admin.views import payment as view
from admin.views.cells import Fact
from admin.views.things import Field, Option, form
from admin.web.desk import StaffVisit
from admin.web.said import told
from admin.web.typed import Typed
from portal.actions import refunds
from portal.actions.refunds import Wish
from portal.rules.refusals import Conflict, Refusal

_COVERS = {
    "reopen": "Open again: the customer owes them once more",
    "credit_memo": "Stay paid: a credit memo takes the place of the money",
}
_BY_BANK = (
    "This was a bank debit. The customer's bank can still return it for 60 days, and the customer would then have the "
    "money twice. Give it back only if you have agreed that with them."
)
_LONGEST_REASON = 300


def ask(visit: StaffVisit) -> Response:
    """How much, why, and what becomes of what it had paid."""
    with visit.resources.reading() as session:
        found = load(session, visit.path["payment"], now=visit.now)
    if not found.left_cents:
        raise Conflict("Nothing of this payment is left to give back.")
    return _form(visit, found, Typed(visit))


def give_back(visit: StaffVisit) -> Response:
    """Give it back once, however often the button is pressed: what was left when the page was shown must be left."""
    with visit.resources.reading() as session:
        found = load(session, visit.path["payment"], now=visit.now)
    typed, words, payment = Typed(visit), found.words, found.receipt.payment
    cents = typed.amount("amount", payment.currency, words.locale)
    reason = typed.line("reason", most=_LONGEST_REASON)
    covers = visit.form.get("covers", "")
    shown = visit.form.get("shown", "")
    if payment.stripe_charge_id is not None and visit.resources.stripe is None:
        typed.wrong(
            "amount", "This payment came through Stripe, and no key for it is set. Set PORTAL_STRIPE_SECRET_KEY."
        )
    if typed.errors:
        return _form(visit, found, typed)
    wish = Wish(
        amount_cents=cents,
        covers=covers == "credit_memo" if covers in _COVERS else None,
        reason=reason or "",
        despite_return=visit.form.get("despite_return") == "yes",
        shown_cents=int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 19 else -1,
    )
    try:
        refunds.refund(visit.resources, payment, wish, now=visit.now, actor=visit.actor)
    except Refusal as refusal:
        typed.refused(refusal, field="amount")
        with visit.resources.reading() as session:
            found = load(session, visit.path["payment"], now=visit.now)
        return _form(visit, found, typed, is_late=isinstance(refusal, Conflict))
    return visit.see(told(found.base, "refund"))


def _form(visit: StaffVisit, found: Opened, typed: Typed, *, is_late: bool = False) -> Response:
    payment, words = found.receipt.payment, found.words
    is_bank = payment.method == "us_bank_account"
    fields = [
        Field("amount", "amount", "How much", "Leave it empty for all that is left.", typed.text("amount")),
        *_covers_field(found, visit.form.get("covers", "")),
        Field("line", "reason", "Why", "A credit memo says it to the customer.", typed.text("reason")),
        *([_despite_field(visit)] if is_bank else []),
        Field("hidden", "shown", value=str(found.left_cents)),
    ]
    by = "Stripe gives it back." if payment.stripe_charge_id else "You give it back yourself; the books follow."
    context = form(
        "Give money back",
        view.link(found.receipt),
        action=f"{found.base}/refund",
        button="Give it back",
        intro=by,
        warnings=[_BY_BANK] if is_bank else [],
        facts=[
            Fact("Customer", found.account.name),
            Fact("Left of this payment", words.money(found.left_cents)),
            Fact("Of that on no invoice", words.money(found.receipt.unapplied_cents)),
        ],
        fields=fields,
        errors=typed.errors,
        error_link=view.link(found.receipt) if is_late else None,
    )
    status = 409 if is_late else 422 if typed.errors else 200
    return visit.page("admin/things/form.html", context, policy=found.policy, status=status)


def _covers_field(found: Opened, chosen: str) -> list[Field]:
    numbers = [row.number for row in found.receipt.standing]
    if not numbers:
        return []
    options = [Option(value, text, checked=value == chosen) for value, text in _COVERS.items()]
    label = f"What becomes of {found.words.joined(numbers)}?"
    return [Field("choice", "covers", label, "Money that is on no invoice is taken first.", options=options)]


def _despite_field(visit: StaffVisit) -> Field:
    value = visit.form.get("despite_return", "")
    return Field("check", "despite_return", "I want to give this bank debit back all the same", value=value)
