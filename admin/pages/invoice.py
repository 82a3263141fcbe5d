"""One invoice, or what else is owed like one: its lines, its history, and what it is paid with."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from admin.views import customer as customer_view
from admin.views import invoice as own
from admin.views.cells import Cell, Head, Link, Table, money_cell
from admin.views.plans import chip as plan_chip
from admin.views.standing import charge_chip, charge_kind
from admin.views.things import Section, thing
from admin.web.desk import StaffVisit
from portal.actions import links, policies
from portal.actions.policies import Policy
from portal.pages.invoices import load_charge
from portal.records import Session, accounts, charges, credits, disputes, ledger, reversals
from portal.records.accounts import AccountRow
from portal.records.charges import ChargeRow
from portal.records.listing import Wanted
from portal.records.plans_listed import PLANS
from portal.rules.refusals import NotFound
from portal.views import invoices as view
from portal.views.payments import method_name
from portal.views.receipts import receipt_number
from portal.wording import Words

INVOICES = Link("Invoices", "/admin/invoices")
_MOST = 10


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
        paid = _paid(session, opened)
        sent = [
            each for each in links.list_links(session, opened.account.id) if each.link.charge_id == opened.charge.id
        ]
        their_plans = _plans(session, opened)
        their_disputes = customer_view.disputes(disputes.of_charge(session, opened.charge.id), opened.words)
    charge, words = opened.charge, opened.words
    is_ahead = charge.issued_on > opened.policy.today
    status = "ahead" if is_ahead else found.row.status.value if found.row else "paid"
    payable = found.row.item.parts.payable_cents if found.row else 0
    memo_table = own.memos(memos, words)
    customer = f"/admin/customers/{opened.account.public_id}"
    their_links = customer_view.links(
        sent[::-1][:_MOST], words, base=customer, now=visit.now, can_revoke=visit.may("collector")
    )
    context = thing(
        f"{charge_kind(charge.kind)} {charge.number}",
        INVOICES,
        chip=charge_chip(status),
        links=_acts(visit, opened, payable),
        tiles=own.tiles(found, words),
        facts=own.facts(opened.charge, opened.account, words),
        sections=[
            Section("Lines", own.lines(found, words)),
            *([Section("What pays it", paid)] if paid.rows else []),
            Section("History", own.history(found, words)),
            *([Section("On its way", words="\n".join(view.under_way(found, words, whole_account=True)))]
              if found.debits and view.under_way(found, words, whole_account=True) else []),
            *([Section("Payment plans", their_plans)] if their_plans.rows else []),
            *([Section("Disputes", their_disputes)] if their_disputes.rows else []),
            *([Section(memo_table.title, memo_table)] if memos else []),
            *([Section("Links to it", their_links)] if sent else []),
        ],
    )  # fmt: skip
    return visit.page("admin/things/show.html", context, policy=opened.policy)


def _acts(visit: StaffVisit, opened: Opened, payable: int) -> list[Link]:
    customer = f"/admin/customers/{opened.account.public_id}"
    acts = []
    if visit.may("collector") and opened.charge.open_cents > 0:
        acts.append(Link("Send a link", f"{customer}/links?invoice={opened.charge.public_id}"))
        acts.append(Link("Record a payment", f"{customer}/payments"))
    if visit.may("owner") and payable:
        acts.append(Link("Write off", f"{opened.base}/write-off"))
    return acts


def _plans(session: Session, opened: Opened) -> Table:
    """The plans that it is or was on, the newest first."""
    wanted = Wanted(chosen={"invoice": opened.charge.public_id})
    found = PLANS.page(session, wanted, limit=_MOST, offset=0, day=opened.policy.today)
    rows = [
        [
            Cell(each.plan.number, href=f"/admin/plans/{each.plan.public_id}"),
            plan_chip(each.health),
            Cell(opened.words.short_moment(each.plan.created_at)),
        ]
        for each in found
    ]
    return Table("Payment plans", [Head("Plan"), Head("State"), Head("Made")], rows)


def _paid(session: Session, opened: Opened) -> Table:
    """The payments and credit memos that it is paid with now."""
    words = opened.words
    memos = {row.id: row.number for row in credits.of_account(session, opened.account.id)}
    payments = {row.id: row for row in ledger.payments_of(session, opened.account.id)}
    rows = []
    for each in reversals.applied_on_charge(session, opened.charge.id):
        payment = payments.get(each.payment_id or 0)
        named = Cell(memos.get(each.credit_id or 0, ""), sub="Credit memo")
        if payment is not None:
            sub = method_name(payment.method, words)
            named = Cell(receipt_number(payment), href=f"/admin/payments/{payment.public_id}", sub=sub)
        amount, discount = words.money(each.amount_cents), words.money(each.discount_cents)
        if each.amount_cents or each.discount_cents:
            on = Cell(words.long_day(each.effective_on))
            rows.append([named, on, money_cell(discount, each.discount_cents), Cell(amount)])
    return Table("What pays it", [Head("Payment"), Head("Since"), Head("Discount", True), Head("Amount", True)], rows)
