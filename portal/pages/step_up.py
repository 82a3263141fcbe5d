"""Confirming this browser by a mailed code, and the browsers that are confirmed.

Where it goes on afterwards comes with the request: only a page of the same account is ever followed.
"""

import re
from urllib.parse import urlencode

from starlette.responses import Response

from portal.actions import step_up
from portal.actions.access import Access
from portal.actions.policies import Policy
from portal.actions.step_up import Confirmed
from portal.records import accounts
from portal.rules.refusals import Refusal
from portal.rules.step_up import LASTS, masked
from portal.views import step_up as view
from portal.web.cookies import DEVICES
from portal.web.visit import Visit

_PRESSES = "30 per 10 minutes"
_KEPT = 40
_LONGEST_ADDRESS = 500
# No segment begins with a dot, none is empty: no browser can read another place into it.
_BELOW = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+(\?[A-Za-z0-9_.~%=&+-]*)?")


def show(visit: Visit) -> Response:
    """Why a code is needed, where it would be sent, and, once it was, the field for it."""
    with visit.resources.reading() as session:
        access = visit.access_to_account(session)
        is_confirmed = visit.device(session, access) is not None
    if is_confirmed:
        return visit.see(_onward(visit, access))
    return _page(visit, access, sent="sent" in visit.query)


def ask(visit: Visit) -> Response:
    """Send the contact a code."""
    with visit.resources.writing() as session:
        access = visit.access_to_account(session)
        step_up.ask_code(session, access, now=visit.now)
    query = urlencode({"sent": "1", "to": _onward(visit, access)})
    return visit.see(f"/a/{access.account.public_id}/code?{query}")


def confirm(visit: Visit) -> Response:
    """Confirm the browser by what was typed, and go on; what is wrong with it is said at the field."""
    with visit.resources.reading() as session:
        access = visit.access_to_account(session)
    visit.throttle.check(_PRESSES, "step-up", str(access.session_id))
    with visit.resources.writing() as session:
        outcome = step_up.redeem(
            session,
            access,
            visit.form.get("code", ""),
            keys=visit.resources.keys,
            device_secret=visit.device_secret,
            user_agent=visit.request.headers.get("user-agent", ""),
            now=visit.now,
        )
    if not isinstance(outcome, Confirmed):
        return _page(visit, access, sent=True, refusal=outcome)
    response = visit.see(_onward(visit, access))
    DEVICES.keep(response, visit.resources.settings, outcome.secret, expires_at=outcome.expires_at, now=visit.now)
    return response


def listed(visit: Visit) -> Response:
    """The browsers that the contact has confirmed."""
    with visit.resources.reading() as session:
        access, policy = visit.confirmed_access(session), visit.policy(session)
        found, this = step_up.devices_of(session, access, now=visit.now), visit.device(session, access)
    assert this is not None
    base = f"/a/{access.account.public_id}"
    rows = view.listed(found, this, policy.words(access.account.currency), base=base)
    context = {"devices": rows, "links": {"statement": base}}
    return visit.page("step_up/devices.html", context, policy=policy, account=access.account)


def revoke(visit: Visit) -> Response:
    """Let one of them show a code again."""
    with visit.resources.writing() as session:
        base = f"/a/{visit.path['account']}"
        access = visit.confirmed_access(session, to=f"{base}/devices")
        this = visit.device(session, access)
        step_up.revoke_device(session, access, visit.path["device"], now=visit.now)
    is_this = this is not None and this.public_id == visit.path["device"]
    return visit.see(base if is_this else f"{base}/devices")


def onward(account: str, wanted: str) -> str:
    """The wanted address if it is a page below that account, but for those about the code; else the statement."""
    base = f"/a/{account}"
    below = wanted.removeprefix(base)
    is_ours = wanted.startswith(base) and len(wanted) <= _LONGEST_ADDRESS and _BELOW.fullmatch(below)
    return wanted if is_ours and not re.match(r"/code([/?]|$)", below) else base


def _onward(visit: Visit, access: Access) -> str:
    return onward(access.account.public_id, visit.form.get("to") or visit.query.get("to", ""))


def _page(visit: Visit, access: Access, *, sent: bool, refusal: Refusal | None = None) -> Response:
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        email = accounts.email_of(session, access.contact_id) if access.contact_id is not None else ""
    base = f"/a/{access.account.public_id}"
    context = {
        "email": masked(email) if email else "",
        "minutes": int(LASTS.total_seconds()) // 60,
        "sent": sent,
        "code_value": visit.form.get("code", "")[:_KEPT],
        "errors": _errors(refusal, policy, access),
        "to": _onward(visit, access),
        "links": {
            "statement": base,
            "ask": f"{base}/code",
            "confirm": f"{base}/code/confirmation",
            "fresh_link": "/link",
        },
    }
    status = refusal.status if refusal else 200
    return visit.page("step_up/code.html", context, policy=policy, account=access.account, status=status)


def _errors(refusal: Refusal | None, policy: Policy, access: Access) -> list[dict[str, str]]:
    if refusal is None:
        return []
    words = policy.words(access.account.currency)
    return [{"field": refusal.field or "code", "text": words.text(refusal.message, **refusal.values)}]
