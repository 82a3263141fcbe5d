"""The page of one dispute: the claim beside the invoice, evidence, thread, notes, what surrounds it, what to do."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from starlette.responses import Response

from admin.views import dispute_facts, dispute_lines, dispute_story
from admin.views import disputes as view
from admin.web.desk import StaffVisit
from portal.actions import attachments, statements
from portal.actions.policies import Policy
from portal.records import Session, accounts, charges, dispute_queue, dispute_related, dispute_talk, disputes, staff
from portal.records.accounts import AccountRow
from portal.records.attachments import AttachmentRow
from portal.records.dispute_talk import MessageRow
from portal.records.disputes import DisputeRow, LineRow, MoveRow
from portal.rules.disputes import DECIDED, OPEN
from portal.rules.refusals import NotFound, Refusal
from portal.web import downloads

ADDRESS = "/admin/disputes"
_RELATED_DAYS = 365
_NOTHING: Mapping[str, object] = {}

Errors = Sequence[dict[str, str]]


def show(visit: StaffVisit) -> Response:
    """One dispute; after something was done, with what that was and the way to the next."""
    return page_of(visit, told=visit.query.get("done", ""))


def page_of(
    visit: StaffVisit,
    *,
    form: str = "",
    errors: Errors = (),
    effect: Mapping[str, object] = _NOTHING,
    conflict: Refusal | None = None,
    told: str = "",
) -> Response:
    """The page as the dispute stands now. `form` is decide, offer, ask or note: the one that was sent, with its
    `errors`, or with the `effect` that it would have. After a conflict it says what has happened since."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        dispute = find(session, visit.path["dispute"])
        account = accounts.by_id(session, dispute.account_id)
        lines = disputes.lines(session, dispute.id)
        context = {
            **_heading(visit, session, dispute, account, policy),
            **_claim(session, dispute, account, lines, policy),
            **_told(visit, session, dispute, account, policy, conflict=conflict),
            **_around(session, dispute, account, lines, policy),
            "next": dispute_queue.next_for(session, visit.staff.id, but=dispute.id) if told else None,
            "told": dispute_facts.told(session, dispute, policy.words(account.currency)) if told else "",
        }
    context |= {"form": form, "errors": errors, "effect": effect or None, "typed": _typed(visit, policy)}
    status = conflict.status if conflict else 422 if errors else 200
    return visit.page("admin/disputes/show.html", context, policy=policy, status=status)


def find(session: Session, public_id: str) -> DisputeRow:
    """The dispute of an address; NotFound otherwise."""
    dispute = disputes.by_public_id(session, public_id)
    if dispute is None:
        raise NotFound("There is no such dispute. Look at the list of disputes.")
    return dispute


def download(visit: StaffVisit) -> Response:
    """A file that was attached, to be saved."""
    return downloads.attachment(visit.resources, _file(visit))


def picture(visit: StaffVisit) -> Response:
    """A picture that was attached, as large as we have drawn it."""
    return downloads.picture(visit.resources, _file(visit))


def thumbnail(visit: StaffVisit) -> Response:
    """The same, small."""
    return downloads.thumbnail(visit.resources, _file(visit))


def _file(visit: StaffVisit) -> AttachmentRow:
    with visit.resources.reading() as session:
        dispute = find(session, visit.path["dispute"])
        return attachments.find(session, dispute.account_id, dispute.id, visit.path["file"])


def _heading(
    visit: StaffVisit, session: Session, dispute: DisputeRow, account: AccountRow, policy: Policy
) -> dict[str, object]:
    people = staff.present(session)
    until, late = view.clock(dispute.state, dispute.reply_by, policy.words(account.currency))
    mine = next((each for each in people if each.id == dispute.assignee_id), None)
    names = staff.names(session, [dispute.assignee_id]) if dispute.assignee_id else {}
    return {
        "title": f"Dispute {dispute.number}",
        "here": f"{ADDRESS}/{dispute.public_id}",
        "back": ADDRESS,
        "chip": view.state_chip(dispute.state, is_goodwill=dispute.is_goodwill),
        "turn": view.turn_words(dispute.state),
        "until": until,
        "late": late,
        "age": "today" if dispute.filed_on == policy.today else f"{view.age(dispute.filed_on, policy.today)} ago",
        "is_open": dispute.state in OPEN,
        "is_new": dispute.state == "new",
        "was_reopened": dispute.reopened_at is not None,
        "may_act": visit.may("collector"),
        "version": dispute.version,
        "people": people,
        "assignee": names.get(dispute.assignee_id or 0, ""),
        "assignee_public_id": mine.public_id if mine else "",
        "me": visit.staff.public_id,
    }


def _claim(
    session: Session, dispute: DisputeRow, account: AccountRow, lines: Sequence[LineRow], policy: Policy
) -> dict[str, object]:
    words = policy.words(account.currency)
    charge = charges.by_id(session, dispute.charge_id, policy.today)
    disputed_cents = sum(line.disputed_net_cents + line.disputed_tax_cents for line in lines)
    approved_cents = sum(line.approved_net_cents + line.approved_tax_cents for line in lines)
    return {
        "customer": {"name": account.name, "href": f"/admin/customers/{account.public_id}"},
        "invoice": {"number": charge.number, "href": f"/admin/invoices/{charge.public_id}"},
        "lines": dispute_lines.lines(charge, charges.lines(session, charge.id), lines, words),
        "disputed": words.money(disputed_cents),
        "approved": words.money(approved_cents) if dispute.state in DECIDED or approved_cents else "",
        "files": [_shown(dispute, each) for each in attachments.of_dispute(session, dispute.id)],
    }


def _told(
    visit: StaffVisit,
    session: Session,
    dispute: DisputeRow,
    account: AccountRow,
    policy: Policy,
    *,
    conflict: Refusal | None,
) -> dict[str, object]:
    """What was said, offered and done."""
    words = policy.words(account.currency)
    messages = dispute_talk.messages(session, dispute.id, with_private=True)
    moves = disputes.moves(session, dispute.id)
    names = _names(session, dispute, moves, messages)
    since = dispute_story.since(moves, version(visit), names, words) if conflict else ""
    return {
        "thread": dispute_story.thread(
            messages,
            dispute_talk.offers(session, dispute.id),
            words,
        ),
        "notes": dispute_story.notes(messages, words),
        "moves": dispute_story.moves(moves, names, words),
        "conflict": f"{conflict.sentence} {since}".strip() if conflict else "",
    }


def _around(
    session: Session, dispute: DisputeRow, account: AccountRow, lines: Sequence[LineRow], policy: Policy
) -> dict[str, object]:
    standing = statements.load(session, account, on=policy.today, policy=policy)
    charge = charges.by_id(session, dispute.charge_id, policy.today)
    positions = {line.position for line in lines}
    goods = {line.description for line in charges.lines(session, charge.id) if line.position in positions}
    since = policy.today - timedelta(days=_RELATED_DAYS)
    others = dispute_related.of_customer(session, account.id, but=dispute.id, since=since)
    same = dispute_related.of_goods(session, goods, charge_id=charge.id, but=dispute.id, since=since)
    past = dispute_related.past(session, account.id, but=dispute.id)
    return {
        "customer_facts": dispute_facts.of_customer(standing, past, policy.words(account.currency)),
        "invoice_facts": dispute_facts.of_invoice(charge, standing, policy.words(account.currency)),
        "related": dispute_facts.related(others, same, policy),
        "offer_days": policy.dispute_offer_days,
    }


def _names(
    session: Session, dispute: DisputeRow, moves: Sequence[MoveRow], messages: Sequence[MessageRow]
) -> dict[str, str]:
    """By actor, as moves have it: `staff:3`, `contact:7`."""
    ids = [int(move.actor.removeprefix("staff:")) for move in moves if move.actor.startswith("staff:")]
    named = {f"staff:{number}": name for number, name in staff.names(session, ids).items()}
    for contact_id in {move.actor.removeprefix("contact:") for move in moves if move.actor.startswith("contact:")}:
        contact = accounts.contact(session, int(contact_id))
        named[f"contact:{contact_id}"] = contact.name or contact.email
    return named


def version(visit: StaffVisit) -> int:
    """The version of the dispute that the form was made on; 0, which none has, where it says none."""
    text = visit.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _shown(dispute: DisputeRow, file: AttachmentRow) -> dict[str, str]:
    here = f"{ADDRESS}/{dispute.public_id}/files/{file.public_id}"
    is_picture = file.thumbnail_name is not None
    return {
        "name": file.name,
        "href": f"{here}/picture" if is_picture else here,
        "thumbnail": f"{here}/thumbnail" if is_picture else "",
        "kind": "Picture" if is_picture else "PDF",
        "size": f"{max(1, file.size_bytes // 1024):,} KB",
    }


def _typed(visit: StaffVisit, policy: Policy) -> dict[str, str]:
    """What was sent, field by field, to be shown again; a form's own values where nothing was."""
    return {
        "verdict": "", "words": "", "kind": "credit", "amount": "", "percent": "", "offer_words": "",
        "days": str(policy.dispute_offer_days), "question": "", "note": "",
        **{key: value[:5_000] for key, value in visit.form.items()},
    }  # fmt: skip
