"""A receipt: what was received, when, how, and what it paid; as a page and on paper."""

from starlette.responses import Response

from portal.actions import receipts
from portal.actions.policies import Policy
from portal.actions.receipts import Receipt
from portal.pages.statements import paper
from portal.records import accounts, ledger
from portal.records.accounts import AccountRow
from portal.rules.refusals import NotFound
from portal.views import payments as view
from portal.views.papers import receipt_paper
from portal.web.visit import Visit
from portal.wording import Words


def show(visit: Visit) -> Response:
    """One payment that was received."""
    found, account, policy = _load(visit)
    base = f"/a/{account.public_id}"
    context = {
        **view.receipt(found, _words(policy, account), base=base),
        "links": {
            "pdf": f"{base}/receipts/{found.payment.public_id}.pdf",
            "statement": base,
            "history": f"{base}/payments",
        },
    }
    return visit.page("receipts/show.html", context, policy=policy, account=account)


def pdf(visit: Visit) -> Response:
    """The receipt on paper; the letter carries the same one."""
    found, account, policy = _load(visit)
    html = receipt_paper(found, account, policy, _words(policy, account))
    return paper(html, f"receipt-{view.receipt_number(found.payment)}.pdf")


def _load(visit: Visit) -> tuple[Receipt, AccountRow, Policy]:
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        access = visit.access(session)
        payment = ledger.find_payment(session, access.account_id, visit.path["payment"])
        found = receipts.load(session, payment, on=policy.today) if payment else None
        if found is None or not all(access.reaches(row.charge_id) for row in found.applied):
            raise NotFound("This receipt is not part of the account that your link opens.")
        account = accounts.by_id(session, access.account_id)
    return found, account, policy


def _words(policy: Policy, account: AccountRow) -> Words:
    return Words(policy.locale, account.currency, policy.time_zone, policy.today)
