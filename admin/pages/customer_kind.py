"""Whether a customer is a consumer or a business: shown on their page, and said here."""

from starlette.responses import Response

from admin.pages.customer import load
from admin.views.cells import Link
from admin.views.customer import KINDS
from admin.views.things import Field, Option, form
from admin.web.desk import StaffVisit
from admin.web.said import told
from admin.web.typed import Typed
from portal.actions import account_kinds
from portal.rules.refusals import NotFound, Refusal


def ask(visit: StaffVisit) -> Response:
    """What they are known as, to be changed."""
    return _form(visit, Typed(visit))


def decide(visit: StaffVisit) -> Response:
    """Say what they are."""
    typed = Typed(visit)
    try:
        with visit.resources.writing() as session:
            found = load(session, visit.path["account"], now=visit.now)
            kind = visit.form.get("kind", "")
            account_kinds.set_kind(session, found.account, kind, now=visit.now, actor=visit.actor)
        return visit.see(told(found.base, "kind"))
    except NotFound:
        raise
    except Refusal as refusal:
        typed.refused(refusal, field="kind")
    return _form(visit, typed)


def _form(visit: StaffVisit, typed: Typed) -> Response:
    with visit.resources.reading() as session:
        found = load(session, visit.path["account"], now=visit.now)
    context = form(
        "Consumer or business",
        Link(found.account.name, found.base),
        action=f"{found.base}/kind",
        button="Keep it",
        intro="A plan of more than four payments is consumer credit with duties of its own (Regulation Z), so you are "
        "warned before you offer one to a customer who is not a business. Unknown counts as a consumer.",
        fields=[
            Field(
                "choice",
                "kind",
                "What is this customer?",
                options=[Option(kind, text, checked=kind == found.account.kind) for kind, text in KINDS.items()],
            )
        ],
        errors=typed.errors,
    )
    return visit.page("admin/things/form.html", context, policy=found.policy, status=422 if typed.errors else 200)
