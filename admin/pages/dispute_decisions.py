"""Deciding a dispute and offering to settle it; and showing beforehand what that would do, by doing it for nothing."""

from collections.abc import Sequence

from starlette.responses import Response

from admin.pages.dispute import page_of, version
from admin.pages.dispute_acts import done, speaker
from admin.views import dispute_effects
from admin.web.desk import StaffVisit
from admin.web.typed import Typed
from portal.actions import dispute_decisions, dispute_previews
from portal.actions.dispute_decisions import Offered, OfferKind
from portal.actions.dispute_previews import Act
from portal.actions.disputes import check_words
from portal.actions.policies import Policy
from portal.records import Session, accounts
from portal.records.disputes import DisputeRow
from portal.rules.refusals import Conflict, NotFound, Refusal
from portal.rules.resolutions import Approved, DisputedLine, all_of, by_amount, by_quantity, none_of

# What stands in the letter of a preview for words that are yet to come.
_UNWRITTEN = "…"
_OFFER_FIELDS = {"amount": "amount", "percent": "percent", "days": "days", "words": "offer_words"}


def decide(visit: StaffVisit) -> Response:
    """Accept it, accept a part of it, or reject it."""
    return done(visit, _decision(visit), form="decide", field=_decision_field)


def preview_decision(visit: StaffVisit) -> Response:
    """What that would do, also before its words are written."""
    return _preview(visit, _decision(visit, unwritten=_UNWRITTEN), form="decide")


def offer(visit: StaffVisit) -> Response:
    """Offer the customer something."""
    return done(visit, _offer(visit), form="offer", field=_offer_field)


def preview_offer(visit: StaffVisit) -> Response:
    """What it would do if the customer agreed."""
    return _preview(visit, _offer(visit), form="offer")


def _preview(visit: StaffVisit, act: Act, *, form: str) -> Response:
    field = _decision_field if form == "decide" else _offer_field
    try:
        found = dispute_previews.rehearse(
            visit.resources, visit.path["dispute"], act, version=version(visit), now=visit.now
        )
    except NotFound:
        raise
    except Conflict as conflict:
        return page_of(visit, form=form, conflict=conflict, effect=dispute_effects.refused(conflict))
    except Refusal as refusal:
        errors = [{"field": field(refusal.field or ""), "text": refusal.sentence}]
        return page_of(visit, form=form, errors=errors, effect=dispute_effects.refused(refusal))
    with visit.resources.reading() as session:
        currency = accounts.by_id(session, found.dispute.account_id).currency
    effect = dispute_effects.effects(found, found.policy.words(currency), is_offer=form == "offer")
    return page_of(visit, form=form, effect=effect)


def _decision(visit: StaffVisit, *, unwritten: str = "") -> Act:
    def act(session: Session, dispute: DisputeRow, policy: Policy) -> DisputeRow:
        currency = accounts.by_id(session, dispute.account_id).currency
        lines = dispute_decisions.disputed_lines(session, dispute.id)
        approved = _approved(visit, lines, currency, policy.locale)
        words = check_words(visit.form.get("words", "")) or unwritten
        return dispute_decisions.decide(session, dispute, approved, words, speaker(visit), policy=policy, now=visit.now)

    return act


def _approved(visit: StaffVisit, lines: Sequence[DisputedLine], currency: str, locale: str) -> Sequence[Approved]:
    """What the form approves of each line."""
    verdict = visit.form.get("verdict", "")
    if verdict == "accept":
        return [all_of(line) for line in lines]
    if verdict == "reject":
        return [none_of(line) for line in lines]
    if verdict != "accept_partly":
        raise Refusal("Choose whether to accept or to reject.", field="verdict")
    parts = [_part(visit, line, currency, locale) for line in lines]
    if parts == [none_of(line) for line in lines]:
        # The engine would take that for a rejection, which is another button.
        raise Refusal(
            "Approve a part of at least one line, or reject the dispute.", field=f"approved-{parts[0].position}"
        )
    return parts


def _part(visit: StaffVisit, line: DisputedLine, currency: str, locale: str) -> Approved:
    """Of one line, by quantity or by amount; an empty field approves nothing more of it."""
    field = f"approved-{line.position}"
    typed = visit.form.get(field, "").strip()
    if not typed:
        return none_of(line)
    try:
        if visit.form.get(f"unit-{line.position}") == "quantity":
            return by_quantity(line, typed)
        return by_amount(line, _cents(visit, field, currency, locale), currency=currency)
    except Refusal as refusal:
        refusal.field = field
        raise


def _offer(visit: StaffVisit) -> Act:
    def act(session: Session, dispute: DisputeRow, policy: Policy) -> DisputeRow:
        currency = accounts.by_id(session, dispute.account_id).currency
        kind = _kind(visit.form.get("kind", ""))
        given = Offered(
            kind,
            cents=_cents(visit, "amount", currency, policy.locale) if kind == "credit" else 0,
            percent_bp=_cents(visit, "percent", "usd", policy.locale) if kind == "percentage" else 0,
            words=check_words(visit.form.get("offer_words", "")),
            days=_days(visit.form.get("days", "")),
        )
        return dispute_decisions.offer(session, dispute, given, speaker(visit), policy=policy, now=visit.now)

    return act


def _kind(typed: str) -> OfferKind:
    kinds: tuple[OfferKind, ...] = ("credit", "percentage", "replacement")
    for kind in kinds:
        if kind == typed:
            return kind
    raise Refusal("Choose what to offer.", field="kind")


def _cents(visit: StaffVisit, field: str, currency: str, locale: str) -> int:
    """An amount in hundredths; a percentage reads the same, in basis points."""
    typed = Typed(visit)
    needed = "Enter a percentage from 1 to 100." if field == "percent" else "Enter an amount, such as 25.00."
    found = typed.amount(field, currency, locale, needed=needed)
    if found is None:
        raise Refusal(typed.errors[0]["text"], field=field)
    return found


def _days(typed: str) -> int | None:
    """How long it stays open; the seller's own number where none is given. What is no number is no day."""
    text = typed.strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _decision_field(name: str) -> str:
    return name if name.startswith("approved-") or name == "words" else "verdict"


def _offer_field(name: str) -> str:
    return _OFFER_FIELDS.get(name, "kind")
