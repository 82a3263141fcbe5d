"""What was paid so far, and what came of it."""

from starlette.responses import Response

from portal.actions import receipts
from portal.records import attempts, ledger
from portal.views import payment_history as view
from portal.web.visit import Visit


def show(visit: Visit) -> Response:
    """Payments with their refunds and returns, bank debits under way and those that failed."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        account = visit.access_to_account(session).account
        made = receipts.load_all(session, account.id, ledger.payments_of(session, account.id), on=policy.today)
        unpaid = attempts.without_payment(session, account.id)
        quoted = attempts.quoted_of(session, [attempt.id for attempt in unpaid])
    others = [(attempt, quoted[attempt.id]) for attempt in unpaid]
    base = f"/a/{account.public_id}"
    context = {
        "payments": view.history(made, others, policy.words(account.currency), base=base),
        "links": {"statement": base},
    }
    return visit.page("payments/history.html", context, policy=policy, account=account)
