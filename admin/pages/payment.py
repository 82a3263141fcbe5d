"""One payment: where its money is, what happened to it, and what can be done with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from admin.views import payment as view
from admin.views.cells import Link
from admin.views.things import Section, thing
from admin.web.desk import StaffVisit
from portal.actions import policies, receipts, refunds
from portal.actions.policies import Policy
from portal.actions.receipts import Receipt
from portal.records import Session, accounts, explanations, ledger, staff
from portal.records.accounts import AccountRow
from portal.rules.refusals import NotFound
from portal.wording import Words

PAYMENTS = Link("Payments", "/admin/payments")


@dataclass(frozen=True, slots=True)
class Opened:
    """The books at one payment."""

    receipt: Receipt
    account: AccountRow
    policy: Policy
    left_cents: int

    @property
    def words(self) -> Words:
        return self.policy.words(self.account.currency)

    @property
    def base(self) -> str:
        return f"{PAYMENTS.href}/{self.receipt.payment.public_id}"

    @property
    def was_returned(self) -> bool:
        return self.receipt.returned_cents > 0

    @property
    def is_by_hand(self) -> bool:
        return self.receipt.payment.stripe_charge_id is None


def load(session: Session, payment: str, *, now: datetime) -> Opened:
    """The payment in the address, whoever's it is."""
    found = ledger.payment_by_public_id(session, payment)
    if found is None:
        raise NotFound("There is no such payment.")
    policy = policies.load(session, now=now)
    return Opened(
        receipt=receipts.load(session, found, on=policy.today),
        account=accounts.by_id(session, found.account_id),
        policy=policy,
        left_cents=refunds.left_to_refund_cents(session, found),
    )


def show(visit: StaffVisit) -> Response:
    """The payment as it stands."""
    with visit.resources.reading() as session:
        found = load(session, visit.path["payment"], now=visit.now)
        payment = found.receipt.payment
        movements = ledger.of_payment(session, payment.id)
        charges = explanations.charges_of(session, found.account.id)
        numbers = {charge_id: each.number for charge_id, each in charges.items()}
        names = _names(session, [row.asked_by for row in found.receipt.refunds])
    words = found.words
    walk = view.walk(movements, numbers, words)
    context = thing(
        f"Payment {view.link(found.receipt).text}",
        PAYMENTS,
        chip=view.chip(found.receipt),
        links=_acts(visit, found),
        notices=list(view.notes(found.receipt, words)),
        tiles=view.tiles(found.receipt, words),
        facts=view.facts(found.receipt, found.account, words),
        sections=[
            Section(
                "What it pays", view.places(found.receipt, words, base=found.base, can_release=visit.may("collector"))
            ),
            Section(walk.title, walk),
            *view.returned(found.receipt, names, words),
        ],
    )
    return visit.page("admin/things/show.html", context, policy=found.policy)


def _names(session: Session, actors: Sequence[str]) -> Mapping[str, str]:
    """What to call those who asked for refunds."""
    ids = [int(number) for actor in actors if (number := actor.removeprefix("staff:")).isdecimal()]
    by_staff = {f"staff:{number}": name for number, name in staff.names(session, ids).items()}
    return {"cli": "the command line", "stripe": "somebody in Stripe's dashboard", **by_staff}


def _acts(visit: StaffVisit, found: Opened) -> list[Link]:
    acts = []
    if visit.may("collector") and found.receipt.unapplied_cents:
        acts.append(Link("Put on invoices", f"{found.base}/allocation"))
    if visit.may("owner") and found.left_cents:
        acts.append(Link("Give money back", f"{found.base}/refund"))
    if visit.may("collector") and found.is_by_hand and not found.was_returned:
        acts.append(Link("It came back", f"{found.base}/return"))
    return acts
