"""Recording money that came by other means: a cheque, a wire, cash."""

from datetime import date

from starlette.responses import Response

from admin.views.cells import Fact, Link
from admin.views.invoices import open_options
from admin.views.things import Field, Option, form
from admin.web.desk import StaffVisit
from admin.web.said import told
from admin.web.typed import Typed
from portal.actions import manual_payments, statements
from portal.actions.manual_payments import Recorded
from portal.actions.policies import Policy
from portal.records import Session, accounts, ledger
from portal.records.accounts import AccountRow
from portal.rules.refusals import Conflict, NotFound, Refusal

_METHODS = {"cheque": "Cheque", "wire": "Wire transfer", "cash": "Cash"}
_FOR = {
    "oldest": "The oldest due first",
    "chosen": "The invoices chosen below",
    "nothing": "None yet: keep it as credit",
}
_LONGEST_REFERENCE = 120


def ask(visit: StaffVisit) -> Response:
    """The form, for the customer in the address."""
    with visit.resources.reading() as session:
        return _form(visit, session, _account(visit, session), Typed(visit))


def record(visit: StaffVisit) -> Response:
    """Bring it into the books once, however often the button is pressed."""
    typed = Typed(visit)
    is_like = False
    with visit.resources.reading() as session:
        account, policy = _account(visit, session), visit.policy(session)
        standing = statements.load(session, account, on=policy.today, policy=policy)
    chosen = set(visit.form.getlist("charges"))
    wanted = {row.number: row.id for row in standing.charges.values() if row.public_id in chosen}
    given = _read(visit, typed, account, policy, wanted)
    if given is not None:
        try:
            with visit.resources.writing() as session:
                payment_id = manual_payments.record(
                    session, account, given, policy=policy, now=visit.now, actor=visit.actor
                )
                if given.charge_ids:
                    manual_payments.check_reached(session, payment_id, wanted)
                payment = ledger.payment_by_id(session, payment_id)
            return visit.see(told(f"/admin/payments/{payment.public_id}", "recorded"))
        except Refusal as refusal:
            is_like = isinstance(refusal, Conflict)
            typed.refused(refusal, field="another" if is_like else "amount")
    with visit.resources.reading() as session:
        return _form(visit, session, account, typed, is_like=is_like)


def _account(visit: StaffVisit, session: Session) -> AccountRow:
    found = accounts.by_public_id(session, visit.path["account"])
    if found is None:
        raise NotFound("There is no such customer.")
    return found


def _read(
    visit: StaffVisit, typed: Typed, account: AccountRow, policy: Policy, wanted: dict[str, int]
) -> Recorded | None:
    """What was typed, or None where something is wrong with it."""
    method = typed.choice("method", tuple(_METHODS), needed="Choose how it came.")
    cents = typed.amount("amount", account.currency, policy.locale, needed="Enter the amount that came.")
    received = typed.day("received", needed="Enter the day on which it came.")
    deposited = typed.day("deposited")
    terms_of = typed.day("terms_of")
    reference = typed.line("reference", most=_LONGEST_REFERENCE)
    what_for = typed.choice("for", tuple(_FOR), needed="Choose what it is for.")
    if what_for == "chosen" and not wanted:
        typed.wrong("charges", "Choose the invoices that it is for.")
    if terms_of is not None and received is not None and terms_of > received:
        typed.wrong("terms_of", "This is the day the payment came, or an earlier one.")
    seen = visit.form.get("seen", "")
    if typed.errors or method is None or cents is None or received is None or reference is None:
        return None
    return Recorded(
        method=method,
        amount_cents=cents,
        received_on=received,
        deposited_on=deposited or received,
        reference=reference,
        charge_ids={"oldest": None, "chosen": list(wanted.values()), "nothing": []}[what_for or "oldest"],
        terms_of=terms_of,
        is_another=visit.form.get("another") == "yes",
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None,
    )


def _form(visit: StaffVisit, session: Session, account: AccountRow, typed: Typed, *, is_like: bool = False) -> Response:
    policy = visit.policy(session)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    words = policy.words(account.currency)
    options = open_options(standing, words, chosen=visit.form.getlist("charges"))
    what_for = visit.form.get("for", "oldest")
    # A form that is shown again keeps what it had seen: what came since may be itself.
    seen = visit.form.get("seen") or str(ledger.newest_payment(session, account.id))
    if is_like:
        seen = str(ledger.newest_payment(session, account.id))
    context = form(
        "Record a payment",
        Link(account.name, f"/admin/customers/{account.public_id}"),
        action=f"/admin/customers/{account.public_id}/payments",
        button="Record it",
        facts=[
            Fact("Customer", account.name),
            Fact("Owes now", words.money(standing.statement.balance.open_cents)),
        ],
        fields=[
            *([Field("check", "another", "It is another one, just like the one on record")] if is_like else []),
            Field("choice", "method", "How did it come?", options=[
                Option(value, text, checked=value == visit.form.get("method")) for value, text in _METHODS.items()
            ]),
            Field("amount", "amount", f"Amount in {account.currency.upper()}", value=typed.text("amount")),
            Field("day", "received", "Day it came", "Its early-payment discounts are those of this day.",
                  _shown(typed, "received", policy.today)),
            Field("line", "reference", "Reference", "Such as the cheque's number.", typed.text("reference")),
            Field("choice", "for", "What is it for?", options=[
                Option(value, text, checked=value == what_for) for value, text in _FOR.items()
                if options or value != "chosen"
            ]),
            *([Field("checks", "charges", "Invoices", "Only where they are what it is for.", options=options)]
              if options else []),
            Field("day", "deposited", "Day in the books, if later", "When it was deposited.", typed.text("deposited")),
            Field("day", "terms_of", "Allow the discounts of an earlier day", "Only if you want to be generous.",
                  typed.text("terms_of")),
            Field("hidden", "seen", value=seen),
        ],
        errors=typed.errors,
    )  # fmt: skip
    status = 409 if is_like else 422 if typed.errors else 200
    return visit.page("admin/things/form.html", context, policy=policy, status=status)


def _shown(typed: Typed, field: str, otherwise: date) -> str:
    return typed.text(field) or (otherwise.isoformat() if not typed.errors else "")
