"""Confirming a charge at the customer's own bank, where that would not let it be made while they were away."""

from starlette.responses import Response

from portal.actions import collection_confirming
from portal.views import collections as view
from portal.web.visit import Visit

_PRESSES = "30 per 10 minutes"


def show(visit: Visit) -> Response:
    """What is to be confirmed, with the button; or that nothing is any more."""
    with visit.resources.reading() as session:
        policy, access = visit.policy(session), visit.access_to_account(session)
        found = collection_confirming.load(session, access.account.id, visit.path["collection"], policy=policy)
    account = access.account
    base, plan = f"/a/{account.public_id}", found.facts.plan
    context = {
        **view.asked(found, policy.words(account.currency)),
        "links": {
            "statement": base,
            "pay": f"{base}/plans/{plan.public_id}" if plan else base,
            "action": f"{base}/collections/{found.facts.row.public_id}",
        },
    }
    return visit.page("collections/show.html", context, policy=policy, account=account)


def confirm(visit: Visit) -> Response:
    """Go on to the bank, or to what has become of the payment."""
    with visit.resources.reading() as session:
        access = visit.access_to_account(session)
    visit.throttle.check(_PRESSES, "confirm", str(access.session_id))
    return visit.see(
        collection_confirming.confirm(visit.resources, access.account.id, visit.path["collection"], now=visit.now)
    )
