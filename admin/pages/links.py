"""Pay links of a customer: sent in a letter, and revoked."""

import re
import secrets

from starlette.responses import Response

from admin.pages.customer import load
from admin.views.cells import Fact, Link
from admin.views.things import Field, Option, form
from admin.web.desk import StaffVisit
from admin.web.said import told
from admin.web.typed import Typed
from portal.actions import link_letters, links, statements
from portal.records import accounts, charges
from portal.rules.refusals import NotFound

_ONCE = re.compile("[0-9a-f]{16}")


def ask(visit: StaffVisit) -> Response:
    """To whom, and what the link opens."""
    return _form(visit, Typed(visit))


def send(visit: StaffVisit) -> Response:
    """Stage the letter: once for a form, however often its button is pressed."""
    typed = Typed(visit)
    once = visit.form.get("once", "")
    if not _ONCE.fullmatch(once):
        typed.wrong("contact", "This form is not complete. Send it again.")
    with visit.resources.writing() as session:
        found = load(session, visit.path["account"], now=visit.now)
        people = {str(each.id): each for each in accounts.contacts_of(session, found.account.id)}
        opens = visit.form.get("opens", "")
        charge = charges.find(session, found.account.id, opens, found.policy.today) if opens else None
        contact = people.get(visit.form.get("contact", ""))
        if contact is None:
            typed.wrong("contact", "Choose who gets it.")
        if opens and charge is None:
            typed.wrong("opens", "Choose what it opens.")
        if contact is not None and not typed.errors:
            charge_id = charge.id if charge else None
            link_letters.send(session, contact, charge_id, once=once, now=visit.now, actor=visit.actor)
    return _form(visit, typed) if typed.errors else visit.see(told(found.base, "link-sent"))


def revoke(visit: StaffVisit) -> Response:
    """The link and what it opened end at once."""
    with visit.resources.writing() as session:
        found = load(session, visit.path["account"], now=visit.now)
        for view in links.list_links(session, found.account.id):
            if view.link.public_id == visit.path["link"]:
                links.revoke_link(session, view.link, now=visit.now, actor=visit.actor)
                return visit.see(told(found.base, "link-revoked"))
    raise NotFound("There is no such link.")


def _form(visit: StaffVisit, typed: Typed) -> Response:
    with visit.resources.reading() as session:
        found = load(session, visit.path["account"], now=visit.now)
        people = accounts.contacts_of(session, found.account.id)
        standing = statements.load(session, found.account, on=found.policy.today, policy=found.policy)
    wanted = visit.form.get("opens") or visit.query.get("invoice", "")
    opens = [
        Option("", "The whole account", checked=not wanted),
        *(Option(row.public_id, row.number, checked=row.public_id == wanted) for row in standing.charges.values()),
    ]
    first = visit.form.get("contact") or (str(people[0].id) if people else "")
    context = form(
        "Send a link",
        Link(found.account.name, found.base),
        action=f"{found.base}/links",
        button="Send the letter",
        intro="They get a letter with what is open now, and a link of their own that opens it without a password.",
        warnings=[] if people else ["This customer has no contact yet: add one first."],
        facts=[Fact("Works for", f"{found.policy.link_days} days")],
        fields=[
            Field("choice", "contact", "Who gets it?", options=[
                Option(str(each.id), each.email, each.name, str(each.id) == first) for each in people
            ]),
            Field("select", "opens", "What does it open?", options=opens),
            Field("hidden", "once", value=visit.form.get("once") or secrets.token_hex(8)),
        ],
        errors=typed.errors,
    )  # fmt: skip
    return visit.page("admin/things/form.html", context, policy=found.policy, status=422 if typed.errors else 200)
