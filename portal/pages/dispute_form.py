"""Disputing lines of an invoice: the form, what the claims come to while it is filled in, and filing them.

Files are kept as drafts as soon as they come, so that a form with something wrong in it loses none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from starlette.responses import Response

from portal.actions import attachments, disputes
from portal.actions.access import Access
from portal.actions.attachments import MOST_FILES
from portal.actions.disputes import ClaimsRefused, Complaint, Filer, Wrong
from portal.actions.policies import Policy
from portal.records import Session, charges
from portal.records import attachments as attachment_records
from portal.records.accounts import AccountRow
from portal.records.attachments import AttachmentRow
from portal.records.charges import ChargeRow
from portal.rules.claims import Claim
from portal.rules.refusals import NotFound, Refusal
from portal.templating import decimal_mark
from portal.views import dispute_form as view
from portal.views.dispute_form import Typed
from portal.web.visit import Visit
from portal.wording import Words

_PRESSES = "60 per 10 minutes"
# What is shown again is no longer than anyone means to type.
_KEPT_FIGURE = 60
_KEPT_WORDS = 10_000
_LARGEST_POSITION = 5

Errors = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class _Found:
    """The invoice, and who wants to dispute it."""

    access: Access
    policy: Policy
    charge: ChargeRow

    @property
    def account(self) -> AccountRow:
        return self.access.account

    @property
    def words(self) -> Words:
        return self.policy.words(self.account.currency)

    @property
    def base(self) -> str:
        return f"/a/{self.account.public_id}"

    @property
    def filer(self) -> Filer:
        return filer_of(self.access)


def filer_of(access: Access) -> Filer:
    """Who acts, as actions know them."""
    return Filer(access.account.id, access.session_id, access.contact_id)


def show(visit: Visit) -> Response:
    """The form, with the line ticked that its link came from."""
    with visit.resources.reading() as session:
        found = _find(visit, session)
    chosen = {int(text) for text in visit.query.getlist("line") if _is_position(text)}
    return _page(visit, found, Typed(chosen=frozenset(chosen)), [])


def send(visit: Visit) -> Response:
    """Keep the files, then file the dispute, or show the form again with its figures or with what is wrong."""
    with visit.resources.reading() as session:
        found = _find(visit, session)
    typed = _typed(visit)
    try:
        visit.throttle.check(_PRESSES, "dispute", str(found.access.session_id))
    except Refusal as refusal:
        errors = [{"field": "lines", "text": found.words.text(refusal.message, **refusal.values)}]
        return _page(visit, found, typed, errors, status=refusal.status)
    typed, errors = keep_files(visit, found.access, typed)
    wish = visit.form.get("do", "figures")
    if wish.startswith("remove-"):
        typed = replace(typed, files=tuple(each for each in typed.files if each != wish.removeprefix("remove-")))
    if wish not in ("send", "pay"):
        return _page(visit, found, typed, errors, shows_errors=wish == "figures")
    if not errors:
        complaint = Complaint(found.charge.id, _wrong(typed), typed.words, typed.files)
        try:
            filed = disputes.file(
                visit.resources, found.filer, complaint, decimal_mark=decimal_mark(found.words.locale), now=visit.now
            )
        except Refusal as refusal:
            errors = _said(refusal, found, typed)
        else:
            if wish == "pay":
                return visit.see(f"{found.base}/pay?charge={found.charge.public_id}")
            return visit.see(f"{found.base}/disputes/{filed.public_id}?filed=1")
    return _page(visit, found, typed, errors, shows_errors=True)


def figures(visit: Visit) -> Response:
    """What the claims come to, as a piece of the page: asked for while somebody types. Files are not sent along."""
    with visit.resources.reading() as session:
        found = _find(visit, session)
        visit.throttle.check("600 per 10 minutes", "figures", str(found.access.session_id))
        shown, wrong = _figures(session, found, _typed(visit))
    context = {"figures": shown, "problems": _problems(wrong)}
    return visit.page("disputes/figures.html", context, policy=found.policy, account=found.account)


def keep_files(visit: Visit, access: Access, typed: Typed, *, most: int = MOST_FILES) -> tuple[Typed, Errors]:
    """Keep what was sent as drafts, beside those that the form names already, so many in all."""
    files, errors = list(dict.fromkeys(typed.files))[:most], []
    words = _words_of(visit, access)
    for upload in visit.files:
        if len(files) == most:
            text = words.text("At most %(count)s files can be sent. Leave one out first.", count=most)
            if not most:
                text = words.text(
                    "A dispute holds no more than %(count)s files. Send the rest by email.", count=MOST_FILES
                )
            errors.append({"field": "files", "text": text})
            break
        try:
            row = attachments.keep(
                visit.resources, account_id=access.account.id, session_id=access.session_id,
                name=upload.name, data=upload.read(), now=visit.now,
            )  # fmt: skip
        except Refusal as refusal:
            said = words.text(refusal.message, **refusal.values)
            errors.append({"field": "files", "text": f"{upload.name[:_KEPT_FIGURE]}: {said}"})
        else:
            files.append(row.public_id)
    return replace(typed, files=tuple(files)), errors


def kept_files(session: Session, access: Access, typed: Typed) -> Sequence[AttachmentRow]:
    """The drafts that the form names, in its order; what is none of this browser's is passed over."""
    found = attachment_records.drafts(session, access.session_id, access.account.id, list(typed.files))
    return sorted(found, key=lambda row: typed.files.index(row.public_id))


def _words_of(visit: Visit, access: Access) -> Words:
    with visit.resources.reading() as session:
        return visit.policy(session).words(access.account.currency)


def _find(visit: Visit, session: Session) -> _Found:
    policy = visit.policy(session)
    access = visit.access(session)
    charge = charges.find(session, access.account.id, visit.path["charge"], policy.today)
    if charge is None or not access.reaches(charge.id) or charge.issued_on > policy.today:
        raise NotFound("This invoice is not part of the account that your link opens.")
    disputes.check_disputable(charge, policy=policy)
    return _Found(access, policy, charge)


def _typed(visit: Visit) -> Typed:
    form = visit.form
    chosen = {int(text) for text in form.getlist("line") if _is_position(text)}
    return Typed(
        chosen=frozenset(chosen),
        reasons={place: form.get(f"reason-{place}", "")[:_KEPT_FIGURE] for place in chosen},
        figures={place: form.get(f"figure-{place}", "").strip()[:_KEPT_FIGURE] for place in chosen},
        words=form.get("words", "")[:_KEPT_WORDS],
        files=tuple(form.getlist("file"))[: MOST_FILES * 2],
    )


def _is_position(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LARGEST_POSITION


def _wrong(typed: Typed) -> tuple[Wrong, ...]:
    return tuple(
        Wrong(place, typed.reasons.get(place, ""), typed.figures.get(place, "")) for place in sorted(typed.chosen)
    )


def _figures(session: Session, found: _Found, typed: Typed) -> tuple[dict[str, str] | None, Errors]:
    """What the lines that are filled in so far come to, and what is wrong with the others."""
    claims: Sequence[Claim] = ()
    errors: Errors = []
    for wrong in _wrong(typed):
        try:
            claims = [
                *claims,
                *disputes.claim(
                    session, found.charge, [wrong],
                    currency=found.account.currency, decimal_mark=decimal_mark(found.words.locale),
                ),
            ]  # fmt: skip
        except Refusal as refusal:
            errors += _said(refusal, found, typed)
    if not claims:
        return None, errors
    standing = disputes.suppose(session, found.account, found.charge.id, claims, policy=found.policy)
    return view.figures(claims, standing, found.charge, found.words), errors


def _problems(wrong: Errors) -> list[str]:
    """What cannot be about the figures; a reason that is still to be chosen is nothing to complain of."""
    return [each["text"] for each in wrong if each["field"].startswith("figure-")]


def _said(refusal: Refusal, found: _Found, typed: Typed) -> Errors:
    """A refusal at the field it is about."""
    words = found.words
    if isinstance(refusal, ClaimsRefused):
        return [
            {"field": f"{each.field or 'reason'}-{place}", "text": words.text(each.message, **each.values)}
            for place, each in refusal.refusals
        ]
    first = min(typed.chosen, default=None)
    at_line = "lines" if first is None or isinstance(refusal, NotFound) else f"line-{first}"
    fields: dict[str | None, Literal["words", "files"]] = {"words": "words", "files": "files"}
    return [{"field": fields.get(refusal.field, at_line), "text": words.text(refusal.message, **refusal.values)}]


def _page(
    visit: Visit, found: _Found, typed: Typed, errors: Errors, *, shows_errors: bool = False, status: int = 422
) -> Response:
    """`status` is for a page with errors."""
    with visit.resources.reading() as session:
        shown, wrong = _figures(session, found, typed)
        lines = charges.lines(session, found.charge.id)
        claimed = disputes.claimed_lines(session, found.charge)
        kept = kept_files(session, found.access, typed)
    if shows_errors and not errors:
        errors = wrong
    context = {
        **view.form(found.charge, lines, claimed, typed, kept, found.words),
        "figures": shown,
        "problems": [],
        "errors": errors,
        "links": {
            "invoice": f"{found.base}/invoices/{found.charge.public_id}",
            "action": f"{found.base}/invoices/{found.charge.public_id}/dispute",
            "figures": f"{found.base}/invoices/{found.charge.public_id}/dispute/figures",
        },
    }
    answered = status if errors else 200
    return visit.page("disputes/form.html", context, policy=found.policy, account=found.account, status=answered)
