"""Giving up on an invoice, or on a part of it."""

from starlette.responses import Response

from admin.pages.invoice import Opened, load
from admin.views.cells import Fact, Link
from admin.views.things import Field, form
from admin.web.desk import StaffVisit
from admin.web.said import told
from admin.web.typed import Typed
from portal.actions import statements
from portal.actions import write_offs as actions
from portal.records import Session, ledger
from portal.rules.refusals import Conflict, NotFound, Refusal

_LONGEST_REASON = 300


def ask(visit: StaffVisit) -> Response:
    """How much is given up, and why."""
    with visit.resources.reading() as session:
        if not _payable(session, load(session, visit.path["charge"], now=visit.now)):
            raise Conflict(
                "Nothing of this invoice can be written off now: it is paid, written off, or a payment for it is under "
                "way."
            )
        return _form(visit, session, Typed(visit))


def give_up(visit: StaffVisit) -> Response:
    """Give it up: once, however often the button is pressed."""
    typed = Typed(visit)
    reason = typed.line("reason", most=_LONGEST_REASON, needed="Say why, for your own books.")
    try:
        with visit.resources.writing() as session:
            found = load(session, visit.path["charge"], now=visit.now)
            cents = typed.amount("amount", found.account.currency, found.policy.locale)
            ledger.lock_account(session, found.account.id)
            if visit.form.get("shown") != str(_payable(session, found)):
                raise Conflict("This invoice has changed since the page was shown. Look at what happened to it first.")
            if not typed.errors:
                actions.write_off(
                    session,
                    found.account,
                    found.charge.id,
                    amount_cents=cents,
                    claims_tax=visit.form.get("claims_tax") == "yes",
                    reason=reason or "",
                    policy=found.policy,
                    now=visit.now,
                    actor=visit.actor,
                )
    except NotFound:
        raise
    except Refusal as refusal:
        typed.refused(refusal, field="amount")
    if typed.errors:
        with visit.resources.reading() as session:
            return _form(visit, session, typed)
    return visit.see(told(found.base, "written-off"))


def _payable(session: Session, found: Opened) -> int:
    standing = statements.load(session, found.account, on=found.policy.today, policy=found.policy)
    return next((item.payable_cents for item in standing.items if item.charge_id == found.charge.id), 0)


def _form(visit: StaffVisit, session: Session, typed: Typed) -> Response:
    found = load(session, visit.path["charge"], now=visit.now)
    payable, words = _payable(session, found), found.words
    context = form(
        f"Write off {found.charge.number}",
        Link(found.charge.number, found.base),
        action=f"{found.base}/write-off",
        button="Write it off",
        intro="The customer owes it no more, and gets no letter about that. Money that comes for it after all is taken "
        "as a recovery.",
        facts=[Fact("Customer", found.account.name), Fact("Can be written off", words.money(payable))],
        fields=[
            Field("amount", "amount", "How much", "Leave it empty for all of it.", typed.text("amount")),
            Field("line", "reason", "Why", "For your own books.", typed.text("reason")),
            *([Field("check", "claims_tax", "Claim its tax part back from the tax office",
                     value=visit.form.get("claims_tax", ""))] if found.charge.tax_cents else []),
            Field("hidden", "shown", value=str(payable)),
        ],
        errors=typed.errors,
    )  # fmt: skip
    return visit.page("admin/things/form.html", context, policy=found.policy, status=422 if typed.errors else 200)
