"""A customer's disputes: the list, one with its thread, and what the customer does about it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from starlette.responses import Response

from portal.actions import attachments, dispute_answers, dispute_facts, statements
from portal.actions.access import Access
from portal.actions.disputes import Filer
from portal.pages.dispute_form import Errors, filer_of, keep_files, kept_files
from portal.records import Session, charges, dispute_talk
from portal.records import disputes as records
from portal.records.attachments import AttachmentRow
from portal.records.disputes import DisputeRow
from portal.rules.attachments import LARGEST_BYTES, MOST_FILES
from portal.rules.refusals import NotFound, Refusal
from portal.views import disputes as view
from portal.views.dispute_form import Typed, file_size
from portal.views.disputes import Shown
from portal.web import downloads
from portal.web.visit import Visit

_PRESSES = "60 per 10 minutes"
_KEPT_WORDS = 10_000


def listed(visit: Visit) -> Response:
    """Every dispute of the account, newest first."""
    with visit.resources.reading() as session:
        access, policy = visit.access_to_account(session), visit.policy(session)
        found = [
            (
                dispute,
                charges.by_id(session, dispute.charge_id, policy.today).number,
                sum(line.disputed_net_cents + line.disputed_tax_cents for line in records.lines(session, dispute.id)),
            )
            for dispute in records.of_account(session, access.account.id)
        ]
    base = f"/a/{access.account.public_id}"
    rows = view.listed(found, policy.words(access.account.currency), base=base)
    context = {"disputes": rows, "links": {"statement": base}}
    return visit.page("disputes/list.html", context, policy=policy, account=access.account)


def show(visit: Visit) -> Response:
    """One dispute; just filed, with a confirmation at its top."""
    return _page(visit, Typed(), [], form="")


def answer(visit: Visit) -> Response:
    """Add a message and files to the thread."""
    return _with_words(visit, "answer", dispute_answers.answer)


def reopen(visit: Visit) -> Response:
    """Ask once for the decision to be looked at again."""
    return _with_words(visit, "reopen", dispute_answers.reopen)


def withdraw(visit: Visit) -> Response:
    """Take the dispute back."""
    with visit.resources.reading() as session:
        access, _ = _find(visit, session)
    _count(visit, access)
    with visit.resources.writing() as session:
        dispute_answers.withdraw(session, filer_of(access), visit.path["dispute"], now=visit.now)
    return _back(visit, access)


def accept(visit: Visit) -> Response:
    """Accept an offer."""
    with visit.resources.reading() as session:
        access, _ = _find(visit, session)
    _count(visit, access)
    with visit.resources.writing() as session:
        offer = visit.path["offer"]
        dispute_answers.agree(session, filer_of(access), visit.path["dispute"], offer, now=visit.now)
    return _back(visit, access)


def decline(visit: Visit) -> Response:
    """Say no to an offer, with words if there are any."""
    with visit.resources.reading() as session:
        access, _ = _find(visit, session)
    _count(visit, access)
    words = visit.form.get("words", "")[:_KEPT_WORDS]
    with visit.resources.writing() as session:
        offer = visit.path["offer"]
        dispute_answers.decline(session, filer_of(access), visit.path["dispute"], offer, words, now=visit.now)
    return _back(visit, access)


def file(visit: Visit) -> Response:
    """A photo or a PDF, to be saved."""
    return downloads.attachment(visit.resources, _file(visit))


def thumbnail(visit: Visit) -> Response:
    """The small picture of a photo."""
    return downloads.thumbnail(visit.resources, _file(visit))


def _find(visit: Visit, session: Session) -> tuple[Access, DisputeRow]:
    access = visit.access(session)
    dispute = records.find(session, access.account.id, visit.path["dispute"])
    if dispute is None or not access.reaches(dispute.charge_id):
        raise NotFound("This dispute is not part of the account that your link opens.")
    return access, dispute


def _file(visit: Visit) -> AttachmentRow:
    with visit.resources.reading() as session:
        access, dispute = _find(visit, session)
        return attachments.find(session, access.account.id, dispute.id, visit.path["file"])


def _count(visit: Visit, access: Access) -> None:
    visit.throttle.check(_PRESSES, "dispute", str(access.session_id))


def _back(visit: Visit, access: Access) -> Response:
    return visit.see(f"/a/{access.account.public_id}/disputes/{visit.path['dispute']}")


def _with_words(visit: Visit, form: str, act: Callable[..., None]) -> Response:
    """Keep the files, then act; where something is missing the page shows again what was typed."""
    with visit.resources.reading() as session:
        access, dispute = _find(visit, session)
        most = _room(session, dispute)
    typed = Typed(words=visit.form.get("words", "")[:_KEPT_WORDS], files=tuple(visit.form.getlist("file")))
    try:
        _count(visit, access)
    except Refusal as refusal:
        errors = [{"field": "words", "text": _text(visit, access, refusal)}]
        return _page(visit, typed, errors, form=form, status=refusal.status)
    typed, errors = keep_files(visit, access, typed, most=most)
    wish = visit.form.get("do", "")
    if wish.startswith("remove-"):
        typed = replace(typed, files=tuple(each for each in typed.files if each != wish.removeprefix("remove-")))
        return _page(visit, typed, errors, form=form)
    if not errors:
        try:
            filer: Filer = filer_of(access)
            with visit.resources.writing() as session:
                act(session, filer, visit.path["dispute"], typed.words, typed.files, now=visit.now)
        except Refusal as refusal:
            if isinstance(refusal, NotFound) and refusal.field is None:
                raise
            # Somebody may have decided meanwhile: what was written is shown beside what happened.
            errors = [{"field": refusal.field or "words", "text": _text(visit, access, refusal)}]
            return _page(visit, typed, errors, form=form, status=422 if refusal.field else refusal.status)
        else:
            return _back(visit, access)
    return _page(visit, typed, errors, form=form)


def _room(session: Session, dispute: DisputeRow) -> int:
    """How many files it takes still, of both sides together."""
    return max(0, MOST_FILES - len(attachments.of_dispute(session, dispute.id)))


def _text(visit: Visit, access: Access, refusal: Refusal) -> str:
    with visit.resources.reading() as session:
        words = visit.policy(session).words(access.account.currency)
    return words.text(refusal.message, **refusal.values)


def _page(visit: Visit, typed: Typed, errors: Errors, *, form: str, status: int = 422) -> Response:
    """`form` is the one that was sent: answer or reopen, "" for none; `status` is for a page with errors."""
    with visit.resources.reading() as session:
        access, dispute = _find(visit, session)
        shown = None if dispute.state == "offered" else _shown(session, access, dispute, visit)
        policy = visit.policy(session)
        words = policy.words(access.account.currency)
        kept = kept_files(session, access, typed)
        most = _room(session, dispute)
    if shown is None:
        # What an open offer would leave is found by accepting it, and undoing that.
        with visit.resources.rehearsing() as session:
            shown = _shown(session, access, dispute, visit)
    base = f"/a/{access.account.public_id}"
    if not shown.is_open_to_words:
        errors = [{**error, "field": "unsent"} for error in errors]
    context = {
        **view.page(shown, words, base=base),
        "filed": visit.query.get("filed") == "1",
        "form": form,
        "errors": errors,
        "typed_words": typed.words,
        "files": [{"id": row.public_id, "name": row.name, "size": file_size(row, words)} for row in kept],
        "more_files": most - len(kept),
        "most_files": most,
        "most_megabytes": LARGEST_BYTES // 1024 // 1024,
        "statement": base if access.whole_account else "",
    }
    answered = status if errors else 200
    return visit.page("disputes/show.html", context, policy=policy, account=access.account, status=answered)


def _shown(session: Session, access: Access, dispute: DisputeRow, visit: Visit) -> Shown:
    policy = visit.policy(session)
    standing = statements.load(session, access.account, on=policy.today, policy=policy)
    files: dict[int, list[AttachmentRow]] = defaultdict(list)
    for row in attachments.of_dispute(session, dispute.id):
        files[row.message_id or 0].append(row)
    facts = dispute_facts.load(session, dispute.id, standing, policy=policy, now=visit.now)
    lines = charges.lines(session, dispute.charge_id)
    amounts = {line.position: line.amount_cents + line.tax_cents for line in lines} or {0: facts.charge.amount_cents}
    return Shown(facts, dispute_talk.messages(session, dispute.id, with_private=False), files, amounts)
