"""What is done about a dispute without deciding it: look into it, give it to somebody, note something, ask."""

from collections.abc import Callable

from starlette.responses import Response

from admin.pages.dispute import ADDRESS, find, page_of, version
from admin.web.desk import StaffVisit
from admin.web.said import told
from portal.actions import dispute_decisions
from portal.actions.dispute_previews import Act
from portal.actions.dispute_steps import Speaker
from portal.actions.disputes import check_words
from portal.actions.policies import Policy
from portal.records import Session, ledger, staff
from portal.records.disputes import DisputeRow
from portal.rules.refusals import Conflict, NotFound, Refusal


def review(visit: StaffVisit) -> Response:
    """Start to look into it."""

    def act(session: Session, dispute: DisputeRow, policy: Policy) -> DisputeRow:
        return dispute_decisions.review(session, dispute, speaker(visit), policy=policy, now=visit.now)

    return done(visit, act, form="review", field=lambda name: name)


def assign(visit: StaffVisit) -> Response:
    """Give it to somebody or to nobody, whatever has happened to it since."""
    wanted = visit.form.get("assignee", "")
    with visit.resources.writing() as session:
        dispute = find(session, visit.path["dispute"])
        person = staff.by_public_id(session, wanted) if wanted else None
        if wanted and person is None:
            raise NotFound("Nobody like that works here any more. Choose somebody else.")
        staff_id = person.id if person else None
        if staff_id != dispute.assignee_id:
            dispute_decisions.assign(session, dispute, staff_id, speaker(visit), now=visit.now)
    return visit.see(told(f"{ADDRESS}/{dispute.public_id}", "assigned"))


def note(visit: StaffVisit) -> Response:
    """Write something for those who work here; it is true whatever has happened since."""
    try:
        with visit.resources.writing() as session:
            dispute = find(session, visit.path["dispute"])
            ledger.lock_account(session, dispute.account_id)
            dispute_decisions.note(
                session, dispute, check_words(visit.form.get("note", "")), speaker(visit), now=visit.now
            )
    except NotFound:
        raise
    except Refusal as refusal:
        return page_of(visit, form="note", errors=[{"field": "note", "text": refusal.sentence}])
    return visit.see(told(f"{ADDRESS}/{visit.path['dispute']}#notes", "noted"))


def ask(visit: StaffVisit) -> Response:
    """Ask the customer for something."""

    def act(session: Session, dispute: DisputeRow, policy: Policy) -> DisputeRow:
        words = check_words(visit.form.get("question", ""))
        return dispute_decisions.ask(session, dispute, words, speaker(visit), policy=policy, now=visit.now)

    return done(visit, act, form="ask", field=lambda name: "question")


def speaker(visit: StaffVisit) -> Speaker:
    """Whoever sent the form, as the dispute's story names them."""
    return Speaker(visit.actor, staff_id=visit.staff.id)


def done(visit: StaffVisit, act: Act, *, form: str, field: Callable[[str], str]) -> Response:
    """Do it, on the version that was seen, and show that it is done; else the page as it stands now, with what was
    typed and what is wrong. `field` is a refusal's field by the name it has in the form."""
    try:
        with visit.resources.writing() as session:
            dispute = dispute_decisions.load_for(session, visit.path["dispute"], version=version(visit))
            act(session, dispute, visit.policy(session))
    except NotFound:
        raise
    except Conflict as conflict:
        return page_of(visit, form=form, conflict=conflict)
    except Refusal as refusal:
        return page_of(visit, form=form, errors=[{"field": field(refusal.field or ""), "text": refusal.sentence}])
    return visit.see(f"{ADDRESS}/{visit.path['dispute']}?done=1")
