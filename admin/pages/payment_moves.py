"""Putting a payment on invoices, taking it off again, and noting that it came back, as a cheque does that bounced."""

from collections.abc import Callable

from starlette.responses import Response

from admin.pages.payment import Opened, load
from admin.views import payment as view
from admin.views.cells import Fact
from admin.views.invoices import open_options
from admin.views.things import Field, form
from admin.web.desk import StaffVisit
from admin.web.said import told
from admin.web.typed import Typed
from portal.actions import manual_payments, statements
from portal.records import Session, ledger
from portal.records.ledger import AppliedRow
from portal.rules.refusals import Conflict, NotFound, Refusal

_CHANGED = "This payment has changed since the page was shown. Look at what happened to it first."


def ask_allocation(visit: StaffVisit) -> Response:
    """Onto which invoices, and how much."""
    with visit.resources.reading() as session:
        if not load(session, visit.path["payment"], now=visit.now).receipt.unapplied_cents:
            raise Conflict("All of this payment is on invoices. To move it, take it off one of them first.")
        return _allocation(visit, session, Typed(visit))


def allocate(visit: StaffVisit) -> Response:
    """Put what is on no invoice onto the chosen ones, else the oldest due first."""
    typed = Typed(visit)

    def act(session: Session, found: Opened, cents: int | None) -> None:
        _check_shown(visit, found.receipt.unapplied_cents)
        standing = statements.load(session, found.account, on=found.policy.today, policy=found.policy)
        chosen = set(visit.form.getlist("charges"))
        wanted = {row.number: row.id for row in standing.charges.values() if row.public_id in chosen}
        manual_payments.allocate(
            session,
            found.receipt.payment,
            charge_ids=wanted.values() if chosen else None,
            amount_cents=cents,
            policy=found.policy,
            now=visit.now,
            actor=visit.actor,
        )
        manual_payments.check_reached(session, found.receipt.payment.id, wanted)

    return _done(visit, typed, act, _allocation)


def ask_release(visit: StaffVisit) -> Response:
    """Before it is taken off an invoice."""
    with visit.resources.reading() as session:
        return _release(visit, session, Typed(visit))


def release(visit: StaffVisit) -> Response:
    """Take it off; it becomes account credit."""
    typed = Typed(visit)

    def act(session: Session, found: Opened, cents: int | None) -> None:
        row = _standing_on(visit, found)
        _check_shown(visit, row.amount_cents)
        manual_payments.release(
            session,
            found.receipt.payment,
            row.charge_id,
            amount_cents=cents,
            policy=found.policy,
            now=visit.now,
            actor=visit.actor,
        )

    return _done(visit, typed, act, _release)


def ask_return(visit: StaffVisit) -> Response:
    """When it came back, and what the customer is charged for that."""
    with visit.resources.reading() as session:
        return _return(visit, session, Typed(visit))


def note_return(visit: StaffVisit) -> Response:
    """What it had paid is open again."""
    typed = Typed(visit)
    on = typed.day("on", needed="Enter the day on which it came back.")

    def act(session: Session, found: Opened, cents: int | None) -> None:
        assert on is not None
        manual_payments.bounce(
            session,
            found.receipt.payment,
            fee_cents=cents or 0,
            on=on,
            policy=found.policy,
            now=visit.now,
            actor=visit.actor,
        )

    return _done(visit, typed, act, _return)


Act = Callable[[Session, Opened, int | None], None]
Again = Callable[[StaffVisit, Session, Typed], Response]


def _done(visit: StaffVisit, typed: Typed, act: Act, again: Again) -> Response:
    """Do it in one transaction and go back to the payment; a refusal is said on the form, and nothing has changed."""
    try:
        with visit.resources.writing() as session:
            found = load(session, visit.path["payment"], now=visit.now)
            ledger.lock_account(session, found.account.id)
            # What stood before the lock may be gone.
            found = load(session, visit.path["payment"], now=visit.now)
            cents = typed.amount("amount", found.account.currency, found.policy.locale)
            if not typed.errors:
                act(session, found, cents)
    except NotFound:
        raise
    except Refusal as refusal:
        typed.refused(refusal, field="amount", fee="amount")
    if typed.errors:
        with visit.resources.reading() as session:
            return again(visit, session, typed)
    return visit.see(told(found.base, "moved"))


def _check_shown(visit: StaffVisit, now_cents: int) -> None:
    if visit.form.get("shown") != str(now_cents):
        raise Conflict(_CHANGED)


def _standing_on(visit: StaffVisit, found: Opened) -> AppliedRow:
    for row in found.receipt.standing:
        if row.charge_public_id == visit.path["charge"]:
            return row
    raise NotFound("This payment pays nothing of that invoice.")


def _allocation(visit: StaffVisit, session: Session, typed: Typed) -> Response:
    found = load(session, visit.path["payment"], now=visit.now)
    standing = statements.load(session, found.account, on=found.policy.today, policy=found.policy)
    options = open_options(standing, found.words, chosen=visit.form.getlist("charges"))
    context = form(
        "Put on invoices",
        view.link(found.receipt),
        action=f"{found.base}/allocation",
        button="Put it on",
        facts=[
            Fact("Customer", found.account.name),
            Fact("On no invoice", found.words.money(found.receipt.unapplied_cents)),
        ],
        fields=[
            *([Field("checks", "charges", "Which invoices", "None chosen: the oldest due first.", options=options)]
              if options else []),
            Field("amount", "amount", "How much of it", "Leave it empty for all of it.", typed.text("amount")),
            Field("hidden", "shown", value=str(found.receipt.unapplied_cents)),
        ],
        errors=typed.errors,
    )  # fmt: skip
    return visit.page("admin/things/form.html", context, policy=found.policy, status=422 if typed.errors else 200)


def _release(visit: StaffVisit, session: Session, typed: Typed) -> Response:
    found = load(session, visit.path["payment"], now=visit.now)
    row = _standing_on(visit, found)
    context = form(
        f"Take off {row.number}",
        view.link(found.receipt),
        action=f"{found.base}/release/{row.charge_public_id}",
        button="Take it off",
        intro="It becomes account credit, and the early-payment discount that came with it is gone.",
        facts=[
            Fact(f"On {row.number}", found.words.money(row.amount_cents)),
            Fact("With a discount of", found.words.money(row.discount_cents)),
        ],
        fields=[
            Field("amount", "amount", "How much of it", "Leave it empty for all of it.", typed.text("amount")),
            Field("hidden", "shown", value=str(row.amount_cents)),
        ],
        errors=typed.errors,
    )
    return visit.page("admin/things/form.html", context, policy=found.policy, status=422 if typed.errors else 200)


def _return(visit: StaffVisit, session: Session, typed: Typed) -> Response:
    found = load(session, visit.path["payment"], now=visit.now)
    if not found.is_by_hand:
        raise Conflict("Stripe tells by itself when a bank takes this payment back.")
    if found.was_returned and not typed.errors:
        raise Conflict("This payment came back already.")
    today = found.policy.today.isoformat()
    context = form(
        "It came back",
        view.link(found.receipt),
        action=f"{found.base}/return",
        button="Note that it came back",
        intro="What it had paid is open again, its discounts are gone, and the customer gets a letter.",
        facts=[
            Fact("Customer", found.account.name),
            Fact("Amount", found.words.money(found.receipt.payment.amount_cents)),
        ],
        fields=[
            Field("day", "on", "On which day", value=typed.text("on") or today),
            Field(
                "amount", "amount", "Fee", "What the customer is charged for it; empty for none.", typed.text("amount")
            ),
        ],
        errors=typed.errors,
    )
    return visit.page("admin/things/form.html", context, policy=found.policy, status=422 if typed.errors else 200)
