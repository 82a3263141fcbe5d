"""A receipt: what was received, when, how, and what it paid; as a page and on paper."""

from starlette.responses import Response

from portal.actions import receipts
from portal.actions.access import Access
from portal.actions.policies import Policy
from portal.actions.receipts import Receipt
from portal.pages.statements import paper
from portal.records import ledger
from portal.records.accounts import AccountRow
from portal.rules.refusals import NotFound
from portal.views import receipts as view
from portal.views.papers import receipt_paper
from portal.web.visit import Visit


def show(visit: Visit) -> Response:
    """One payment that was received."""
    found, access, account, policy = _load(visit)
    base = f"/a/{account.public_id}"
    context = {
        **view.receipt(found, policy.words(account.currency), base=base),
        "links": {
            "pdf": f"{base}/receipts/{found.payment.public_id}.pdf",
            "statement": base,
            "history": f"{base}/payments" if access.whole_account else "",
        },
    }
    return visit.page("receipts/show.html", context, policy=policy, account=account)


def pdf(visit: Visit) -> Response:
    """The receipt on paper; the letter carries the same one."""
    found, _, account, policy = _load(visit)
    html = receipt_paper(found, account, policy, policy.words(account.currency))
    return paper(html, f"receipt-{view.receipt_number(found.payment)}.pdf")


def _load(visit: Visit) -> tuple[Receipt, Access, AccountRow, Policy]:
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        access = visit.access(session)
        payment = ledger.find_payment(session, access.account.id, visit.path["payment"])
        found = receipts.load(session, payment, on=policy.today) if payment else None
        if found is None or not access.reaches_all(row.charge_id for row in found.applied):
            raise NotFound("This receipt is not part of the account that your link opens.")
        account = access.account
    return found, access, account, policy
