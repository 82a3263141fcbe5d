"""One invoice or other charge: as a page, and on paper."""

from datetime import datetime

from starlette.responses import Response

from portal.actions import disputes, late_fees, statements
from portal.actions.access import Access
from portal.actions.policies import Policy
from portal.pages.explanations import under_way
from portal.pages.statements import MOST_ROWS, paper
from portal.records import Session, charges, ledger, payment_history, reversals
from portal.records import disputes as dispute_records
from portal.records.accounts import AccountRow
from portal.records.charges import ChargeRow
from portal.rules.discounts import offers
from portal.rules.refusals import NotFound, Refusal
from portal.templating import render
from portal.views import disputes as dispute_view
from portal.views import invoices as view
from portal.views import papers
from portal.views.invoices import Charge
from portal.web.visit import Visit
from portal.wording import Words


def show(visit: Visit) -> Response:
    """What one invoice is for, what is open of it, and the way to pay it."""
    found, access, account, policy = _load(visit)
    words = policy.words(account.currency)
    base = f"/a/{account.public_id}"
    with visit.resources.reading() as session:
        disputed = [
            (each, dispute_records.lines(session, each.id))
            for each in dispute_records.of_charge(session, found.charge.id)
        ]
        claimed = disputes.claimed_lines(session, found.charge)
    context = {
        **view.context(found, words),
        "disputes": dispute_view.on_invoice(disputed, words, base=base),
        "dispute": f"{base}/invoices/{found.charge.public_id}/dispute" if _may_be_disputed(found, policy) else "",
        "disputable": [line.position for line in claimed if line.left_net_cents + line.left_tax_cents > 0],
        "history": view.history(found, words),
        "under_way": view.under_way(found, words, whole_account=access.whole_account),
        "pay": view.pay(found, words, href=f"{base}/pay"),
        "links": {
            "pdf": f"{base}/invoices/{found.charge.public_id}.pdf",
            "statement": base if access.whole_account else "",
        },
    }
    return visit.page("invoices/show.html", context, policy=policy, account=account)


def pdf(visit: Visit) -> Response:
    """The invoice on paper."""
    found, _, account, policy = _load(visit)
    if len(found.lines) + len(found.movements) > MOST_ROWS:
        raise Refusal("This invoice is too long for a PDF. Print its page instead.")
    words = policy.words(account.currency)
    context = {
        **papers.frame(policy, account),
        **view.context(found, words),
        "paid": view.settled(found, words),
        "history": view.paper_history(found, words),
    }
    return paper(render("pdf/invoice.html", context, policy.locale), f"{papers.file_name(found.charge.number)}.pdf")


def load_charge(session: Session, charge: ChargeRow, account: AccountRow, *, policy: Policy, now: datetime) -> Charge:
    """Everything about a charge that a page of it needs, as of the policy's day."""
    standing = statements.load(session, account, on=policy.today, policy=policy)
    row = next((each for each in standing.statement.rows if each.item.charge_id == charge.id), None)
    contested = reversals.contested(session, account.id)
    item = next((each for each in standing.items if each.charge_id == charge.id), None)
    return Charge(
        charge=charge,
        row=row,
        lines=charges.lines(session, charge.id),
        movements=ledger.of_charge(session, charge.id, policy.today),
        offers=offers(item.facts, payable_cents=item.payable_cents, on=policy.today) if item and item.facts else (),
        causes=payment_history.causes(session, charge.id),
        contested={each.payment_id for each in contested if each.kind == "chargeback"},
        debits=under_way(session, standing),
        late_fee=late_fees.drawn_as(session, charge.id, now=now),
    )


def _load(visit: Visit) -> tuple[Charge, Access, AccountRow, Policy]:
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        access = visit.access(session)
        charge = charges.find(session, access.account.id, visit.path["charge"], policy.today)
        if charge is None or not access.reaches(charge.id):
            raise NotFound("This invoice is not part of the account that your link opens.")
        account = access.account
        if charge.issued_on > policy.today:
            raise _not_yet(charge, policy.words(account.currency))
        found = load_charge(session, charge, account, policy=policy, now=visit.now)
    return found, access, account, policy


def _may_be_disputed(found: Charge, policy: Policy) -> bool:
    try:
        disputes.check_disputable(found.charge, policy=policy)
    except Refusal:
        return False
    return True


def _not_yet(charge: ChargeRow, words: Words) -> NotFound:
    """Nothing of it is owed before its date, so its page would say that it is paid."""
    return NotFound(
        "This invoice is dated %(day)s. It can be seen and paid from then on.", day=words.date(charge.issued_on)
    )
