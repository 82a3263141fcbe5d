"""The people of a customer: added, called otherwise, removed."""

from starlette.responses import Response

from admin.pages.customer import load
from admin.views.cells import Fact, Link
from admin.views.things import Field, form
from admin.web.desk import StaffVisit
from admin.web.said import told
from admin.web.typed import Typed
from portal.actions import contacts
from portal.records import Session, accounts
from portal.records.accounts import ContactRow
from portal.rules.refusals import NotFound, Refusal


def ask(visit: StaffVisit) -> Response:
    """The form for somebody new."""
    return _new(visit, Typed(visit))


def add(visit: StaffVisit) -> Response:
    """Somebody new, who gets letters from now on."""
    typed = Typed(visit)
    name = typed.line("name", most=contacts.LONGEST_NAME)
    email = visit.form.get("email", "").strip()[:300]
    if name is not None:
        try:
            with visit.resources.writing() as session:
                found = load(session, visit.path["account"], now=visit.now)
                contacts.add(session, found.account, name=name, email=email, now=visit.now, actor=visit.actor)
            return visit.see(told(found.base, "contact"))
        except NotFound:
            raise
        except Refusal as refusal:
            typed.refused(refusal, field="email")
    return _new(visit, typed)


def ask_name(visit: StaffVisit) -> Response:
    """The form for another name."""
    return _named(visit, Typed(visit))


def rename(visit: StaffVisit) -> Response:
    """Another name."""
    typed = Typed(visit)
    name = typed.line("name", most=contacts.LONGEST_NAME)
    if name is None:
        return _named(visit, typed)
    with visit.resources.writing() as session:
        found = load(session, visit.path["account"], now=visit.now)
        contacts.rename(session, _one(visit, session), name, now=visit.now, actor=visit.actor)
    return visit.see(told(found.base, "contact"))


def ask_removal(visit: StaffVisit) -> Response:
    """Before somebody is removed."""
    with visit.resources.reading() as session:
        found, contact = load(session, visit.path["account"], now=visit.now), _one(visit, session)
    context = form(
        f"Remove {contact.email}",
        Link(found.account.name, found.base),
        action=f"{found.base}/contacts/{contact.id}/removal",
        button="Remove",
        intro="They get no letters any more, and the links that they have end at once. What they did stays in the "
        "history.",
    )
    return visit.page("admin/things/form.html", context, policy=found.policy)


def remove(visit: StaffVisit) -> Response:
    """They get no letters any more."""
    with visit.resources.writing() as session:
        found = load(session, visit.path["account"], now=visit.now)
        contacts.remove(session, _one(visit, session), now=visit.now, actor=visit.actor)
    return visit.see(told(found.base, "contact"))


def _one(visit: StaffVisit, session: Session) -> ContactRow:
    found = load(session, visit.path["account"], now=visit.now)
    for each in accounts.contacts_of(session, found.account.id):
        if str(each.id) == visit.path["contact"]:
            return each
    raise NotFound("There is no such contact, or it was removed.")


def _new(visit: StaffVisit, typed: Typed) -> Response:
    with visit.resources.reading() as session:
        found = load(session, visit.path["account"], now=visit.now)
    context = form(
        "Add a contact",
        Link(found.account.name, found.base),
        action=f"{found.base}/contacts",
        button="Add",
        fields=[
            Field("line", "email", "E-mail address", value=typed.text("email")),
            Field("line", "name", "Name, if you know it", value=typed.text("name")),
        ],
        errors=typed.errors,
    )
    return visit.page("admin/things/form.html", context, policy=found.policy, status=422 if typed.errors else 200)


def _named(visit: StaffVisit, typed: Typed) -> Response:
    with visit.resources.reading() as session:
        found, contact = load(session, visit.path["account"], now=visit.now), _one(visit, session)
    context = form(
        "Change a name",
        Link(found.account.name, found.base),
        action=f"{found.base}/contacts/{contact.id}/name",
        button="Change the name",
        intro="Another address is another person for us: add it, and remove this one.",
        facts=[Fact("E-mail address", contact.email)],
        fields=[Field("line", "name", "Name", value=typed.text("name") or ("" if typed.errors else contact.name))],
        errors=typed.errors,
    )
    return visit.page("admin/things/form.html", context, policy=found.policy, status=422 if typed.errors else 200)
