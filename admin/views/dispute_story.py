"""The story of a dispute in words: what was said, what was offered, each move with who made it and when."""

from collections.abc import Mapping, Sequence

from portal.records.dispute_talk import MessageRow, OfferRow
from portal.records.disputes import MoveRow
from portal.wording import Words

Names = Mapping[str, str]

OFFER_STATES = {
    "open": "Waits for an answer",
    "accepted": "Accepted",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
    "expired": "Not answered in time",
}
# What a move into a state means, after the name of whoever made it.
_MOVED = {
    "new": "filed it",
    "in_review": "looks into it",
    "waiting": "asked the customer",
    "offered": "offered a settlement",
    "accepted": "accepted it",
    "partly_accepted": "accepted a part of it",
    "rejected": "rejected it",
    "withdrawn": "took it back",
}


def moves(found: Sequence[MoveRow], names: Names, words: Words) -> Sequence[Mapping[str, str]]:
    """Oldest first: {text, when}."""
    before = ["", *(move.state for move in found)]
    return [
        {"text": _move(was, move, names), "when": words.short_moment(move.moved_at)}
        for was, move in zip(before, found, strict=False)
    ]


def since(found: Sequence[MoveRow], version: int, names: Names, words: Words) -> str:
    """What happened after the dispute was in that version, in a sentence; "" where nothing did."""
    said = moves(found, names, words)[max(0, version) :]
    return " ".join(f"{each['text']} ({each['when']})." for each in said)


def thread(messages: Sequence[MessageRow], offers: Sequence[OfferRow], words: Words) -> Sequence[Mapping[str, object]]:
    """What both sides see, oldest first: {side, who, when, title, body, at}. `side` is customer, staff or portal."""
    entries = [
        {
            "at": each.said_at,
            "id": each.id,
            "side": each.author,
            "who": _who(each),
            "when": words.short_moment(each.said_at),
            "title": "",
            "body": each.body,
        }
        for each in messages
        if not each.is_private
    ]
    entries += [
        {
            "at": each.created_at,
            "id": 0,
            "side": "staff",
            "who": "Offer",
            "when": words.short_moment(each.created_at),
            "title": f"{offer_words(each, words)} – {OFFER_STATES[each.state].lower()}",
            "body": each.words,
        }
        for each in offers
    ]
    return sorted(entries, key=lambda each: (each["at"], each["id"]))


def notes(messages: Sequence[MessageRow], words: Words) -> Sequence[Mapping[str, str]]:
    """What only those who work here see: {who, when, body}."""
    return [
        {"who": _who(each), "when": words.short_moment(each.said_at), "body": each.body}
        for each in messages
        if each.is_private
    ]


def offer_words(offer: OfferRow, words: Words) -> str:
    """`25% of it back: $54.00 with tax, until Mar 12`."""
    credit = words.money(offer.net_cents + offer.tax_cents)
    until = f"until {words.day(offer.expires_on)}"
    if offer.kind == "replacement":
        return f"Replacement, without a credit, {until}"
    if offer.kind == "percentage":
        return f"{words.percent(offer.percent_bp or 0)} of it back: {credit} with tax, {until}"
    return f"A credit of {credit} with tax, {until}"


def _who(message: MessageRow) -> str:
    if message.author == "customer":
        return message.contact or "The customer"
    return message.staff or "The portal"


def _move(was: str, move: MoveRow, names: Names) -> str:
    who = names.get(move.actor, "The customer")
    is_staff, is_portal = move.actor.startswith("staff:"), move.actor == "portal"
    if was in ("rejected", "partly_accepted"):
        return f"{who} opened it again"
    if move.state == "in_review" and is_portal:
        return "The day to answer went by: it is your turn again"
    if move.state == "in_review" and not is_staff:
        return f"{who} declined the offer" if was == "offered" else f"{who} answered"
    if move.state == was:
        return f"{who} wrote more"
    if move.state in ("accepted", "partly_accepted") and is_portal:
        return "Accepted at once, from the budget for goodwill"
    if move.state in ("accepted", "partly_accepted") and not is_staff:
        return f"{who} agreed to the offer"
    return f"{who} {_MOVED[move.state]}"
