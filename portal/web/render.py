"""A page in its frame: the seller from policy, the account it belongs to if any, and its own context."""

from collections.abc import Mapping

from starlette.responses import HTMLResponse

from portal.actions.policies import Policy
from portal.records.accounts import AccountRow
from portal.templating import initials, render

# Where policy cannot be read, a page names nobody.
_NOBODY = {"name": "", "initials": "", "email": "", "phone": ""}
_LOCALE = "en_US"


def html(
    name: str,
    context: Mapping[str, object],
    *,
    policy: Policy | None,
    account: AccountRow | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The template, such as `statements/show.html`, with what `layout.html` needs besides `context`."""
    frame: dict[str, object] = {"seller": _NOBODY, "account": None}
    if policy is not None:
        frame["seller"] = {
            "name": policy.seller_name,
            "initials": initials(policy.seller_name),
            "email": policy.seller_email,
            "phone": policy.seller_phone,
        }
    if account is not None:
        frame["account"] = {"name": account.name, "href": f"/a/{account.public_id}"}
    locale = policy.locale if policy else _LOCALE
    return HTMLResponse(render(name, {**frame, **context}, locale), status_code=status)
