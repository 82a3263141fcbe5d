"""One invoice, or what else is owed like one: its lines, its history, and giving it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from admin.views import customer as customer_view
from admin.views.cells import Cell, Fact, Head, Link, Table, money_cell
from admin.views.standing import charge_chip, charge_kind
from admin.views.things import Field, Section, Tile, form, thing
from admin.web.desk import StaffVisit
from admin.web.typed import Typed
from portal.actions import policies, statements, write_offs
from portal.actions.policies import Policy
from portal.pages.invoices import load_charge
from portal.records import Session, accounts, charges, credits, disputes, ledger
from portal.records.accounts import AccountRow
from portal.records.charges import ChargeRow
from portal.records.credits import CreditRow
from portal.rules.refusals import Conflict, NotFound, Refusal
from portal.rules.terms import parse_terms, to_text
from portal.views import invoices as view
from portal.views.invoices import Charge
from portal.wording import Words

INVOICES = Link("Invoices", "/admin/invoices")
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Opened:
    """The books at one charge."""

    account: AccountRow
    charge: ChargeRow
    policy: Policy

    @property
    def base(self) -> str:
        return f"{INVOICES.href}/{self.charge.public_id}"

    @property
    def words(self) -> Words:
        return self.policy.words(self.account.currency)


def load(session: Session, charge: str, *, now: datetime) -> Opened:
    """The charge in the address, whoever's it is."""
    policy = policies.load(session, now=now)
    owner = charges.owner_of(session, charge)
    found = charges.find(session, owner, charge, policy.today) if owner else None
    if owner is None or found is None:
        raise NotFound("There is no such invoice.")
    return Opened(accounts.by_id(session, owner), found, policy)


def show(visit: StaffVisit) -> Response:
    """The invoice as it stands today."""
    with visit.resources.reading() as session:
        opened = load(session, visit.path["charge"], now=visit.now)
        found = load_charge(session, opened.charge, opened.account, policy=opened.policy, now=visit.now)
        memos = credits.of_charge(session, opened.charge.id)
        their_disputes = customer_view.disputes(disputes.of_charge(session, opened.charge.id), opened.words)
    charge, words = opened.charge, opened.words
    is_ahead = charge.issued_on > opened.policy.today
    status = "ahead" if is_ahead else found.row.status.value if found.row else "paid"
    payable = found.row.item.parts.payable_cents if found.row else 0
    memo_table = _memos(memos, words)
    context = thing(
        f"{charge_kind(charge.kind)} {charge.number}",
        INVOICES,
        chip=charge_chip(status),
        links=_acts(visit, opened, payable),
        tiles=_tiles(found, words),
        facts=_facts(opened),
        sections=[
            Section("Lines", _lines(found, words)),
            Section("History", _history(found, words)),
            *([Section("On its way", words="\n".join(view.under_way(found, words, whole_account=True)))]
              if found.debits and view.under_way(found, words, whole_account=True) else []),
            *([Section("Disputes", their_disputes)] if their_disputes.rows else []),
            *([Section("Credit memos", memo_table)] if memos else []),
        ],
    )  # fmt: skip
    return visit.page("admin/things/show.html", context, policy=opened.policy)


def ask_write_off(visit: StaffVisit) -> Response:
    """How much is given up, and why."""
    with visit.resources.reading() as session:
        return _form(visit, session, Typed(visit))


def write_off(visit: StaffVisit) -> Response:
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
                write_offs.write_off(
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
    return visit.see(found.base)


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


def _acts(visit: StaffVisit, opened: Opened, payable: int) -> list[Link]:
    customer = f"/admin/customers/{opened.account.public_id}"
    acts = []
    if visit.may("collector") and opened.charge.open_cents > 0:
        acts.append(Link("Send a link", f"{customer}/links?invoice={opened.charge.public_id}"))
        acts.append(Link("Record a payment", f"{customer}/payments"))
    if visit.may("owner") and payable:
        acts.append(Link("Write off", f"{opened.base}/write-off"))
    return acts


def _tiles(found: Charge, words: Words) -> list[Tile]:
    charge = found.charge
    parts = found.row.item.parts if found.row else None
    figures = (
        ("Payable now", parts.payable_cents if parts else 0),
        ("Pending", parts.pending_cents if parts else 0),
        ("Disputed", parts.disputed_cents if parts else 0),
        ("On a plan", parts.on_plan_cents if parts else 0),
    )
    return [
        Tile("Amount", words.money(charge.amount_cents)),
        Tile("Open", words.money(charge.open_cents)),
        *(Tile(name, words.money(cents)) for name, cents in figures if cents and cents != charge.open_cents),
    ]


def _facts(opened: Opened) -> list[Fact]:
    charge, words = opened.charge, opened.words
    return [
        Fact("Customer", opened.account.name, href=f"/admin/customers/{opened.account.public_id}"),
        Fact("Issued", words.date(charge.issued_on)),
        Fact("Due", f"{words.date(charge.due_on)} ({words.relative_due(charge.due_on)})"
             if charge.open_cents > 0 else words.date(charge.due_on)),
        Fact("Terms", to_text(parse_terms(charge.terms))),
        Fact("Of that tax", words.money(charge.tax_cents)),
        *([Fact("Memo", charge.memo)] if charge.memo else []),
    ]  # fmt: skip


def _lines(found: Charge, words: Words) -> Table:
    heads = [Head("What"), Head("Quantity", True), Head("Price", True), Head("Tax", True), Head("Amount", True)]
    rows = [
        [
            Cell(line.description),
            Cell(line.quantity),
            Cell(words.price(line.unit_price)),
            money_cell(words.money(line.tax_cents), line.tax_cents),
            Cell(words.money(line.amount_cents)),
        ]
        for line in found.lines
    ]
    return Table("Lines", heads, rows, "It has no lines.")


def _memos(found: Sequence[CreditRow], words: Words) -> Table:
    heads = [Head("Number"), Head("Issued"), Head("Reason"), Head("Amount", True)]
    rows = [
        [Cell(row.number), Cell(words.day(row.issued_on)), Cell(row.reason), Cell(words.money(row.amount_cents))]
        for row in found
    ]
    return Table("Credit memos written for it", heads, rows)


def _history(found: Charge, words: Words) -> Table:
    heads = [Head("What happened"), Head("On"), Head("Amount", True), Head("Open then", True)]
    rows = [
        [Cell(each["text"]), Cell(each["on"]), Cell(each["amount"]), Cell(each["open"])]
        for each in view.history(found, words)
    ]
    return Table("History", heads, rows, "Nothing is owed of it before its own day.")
