"""Pay links and the sessions they open. Looking at a link changes nothing; its button opens a session."""

from starlette.responses import Response

from portal import links
from portal.actions import access, fresh_links
from portal.actions.access import LinkPreview, Opened
from portal.links import LinkToken
from portal.templating import format_date, format_money, gettext
from portal.web.cookies import CUSTOMERS
from portal.web.errors import link_form
from portal.web.forms import Email, Form, FormRefused, read_form
from portal.web.visit import Visit

_EXCHANGES = "30 per 10 minutes"


class FreshLink(Form):
    """The form that asks for a fresh link by address."""

    email: Email


def show(visit: Visit) -> Response:
    """What a link opens, and the button; or why it opens nothing, and how to get a fresh one."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = access.preview_link(session, _token(visit), policy=policy, now=visit.now)
    if found is None:
        return link_form(policy, reason="dead", status=404, token=visit.path["token"])
    return visit.page("links/open.html", _opening(visit, found, policy.locale), policy=policy)


def open_link(visit: Visit) -> Response:
    """Exchange the link for a session, and go on to an address without the token."""
    visit.throttle.check(_EXCHANGES, "open-link", visit.visitor)
    with visit.resources.writing() as session:
        policy = visit.policy(session)
        opened = access.open_link(
            session, _token(visit), secret=visit.secret, now=visit.now, session_hours=policy.session_hours
        )
    if opened is None:
        return show(visit)
    response = visit.see(f"/a/{opened.account}{_leads_to(opened)}")
    CUSTOMERS.keep(response, visit.resources.settings, opened.secret, expires_at=opened.expires_at, now=visit.now)
    return response


def ask(visit: Visit) -> Response:
    """The form that asks for a fresh link."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
    return link_form(policy, reason="signed_out" if "signed-out" in visit.query else "none", status=200)


def send(visit: Visit) -> Response:
    """Send a fresh link to the address on file, and say the same whether or not there is one."""
    if "token" in visit.form:
        return _send_by_token(visit)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
    wrong = gettext("Enter an email address, like name@example.com", policy.locale)
    try:
        typed = read_form(FreshLink, visit.form, {("email", "*"): wrong})
    except FormRefused as refused:
        email_value = visit.form.get("email", "")[:254]
        return link_form(policy, reason="none", status=422, errors=refused.errors, email_value=email_value)
    with visit.resources.writing() as session:
        fresh_links.send_fresh_links(session, email=typed.email, visitor=visit.visitor, now=visit.now)
    return visit.page("links/requested.html", {"email": typed.email, "again": "/link"}, policy=policy)


def end(visit: Visit) -> Response:
    """Sign out: the cookie opens nothing any more, in this browser or in any other."""
    if visit.secret:
        with visit.resources.writing() as session:
            access.end_session(session, visit.secret, now=visit.now)
    response = visit.see("/link?signed-out")
    CUSTOMERS.forget(response, visit.resources.settings)
    return response


def _token(visit: Visit) -> LinkToken | None:
    return links.read(visit.resources.keys, visit.path["token"])


def _leads_to(opened: Opened) -> str:
    if opened.dispute:
        return f"/disputes/{opened.dispute}"
    if opened.collection:
        return f"/collections/{opened.collection}"
    if opened.plan:
        return f"/plans/{opened.plan}"
    return f"/invoices/{opened.charge}" if opened.charge else ""


def _opening(visit: Visit, link: LinkPreview, locale: str) -> dict[str, object]:
    return {
        "customer": link.customer,
        "document": link.document or "",
        "dispute": link.dispute or "",
        "plan": link.plan or "",
        "as_of": format_date(link.on, locale),
        "balance_cents": link.balance_cents,
        "balance": format_money(abs(link.balance_cents), link.currency, locale),
        "overdue": format_money(link.overdue_cents, link.currency, locale) if link.overdue_cents else "",
        "due": format_date(link.due_on, locale) if link.due_on else "",
        "action": visit.request.url.path,
    }


def _send_by_token(visit: Visit) -> Response:
    token = links.read(visit.resources.keys, visit.form["token"])
    with visit.resources.writing() as session:
        policy = visit.policy(session)
        fresh_links.send_fresh_link(session, token, visitor=visit.visitor, now=visit.now)
    return visit.page("links/requested.html", {"email": "", "again": "/link"}, policy=policy)
