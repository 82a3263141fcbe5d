"""The story of a payment plan in words: each act with who did it and when, and each charge of a saved method."""

from collections.abc import Mapping, Sequence
from datetime import date

from admin.views.plan import position_name
from admin.views.plans import whole
from portal.actions.plans import ANSWERED
from portal.records.collections import TryRow
from portal.records.plan_collections import CollectingRow
from portal.records.plans import EventRow
from portal.rules.methods import shown
from portal.views.declines import why_declined
from portal.wording import Words

Names = Mapping[str, str]

# After the name of whoever did it; those in _TOLD need no name.
_ACTS = {
    "requested": "asked for it",
    "offered": "offered it",
    "accepted": "agreed to it",
    "declined": "declined it",
    "withdrawn": "took it back",
    "paused": "paused it",
    "resumed": "let it go on",
    "cancelled": "cancelled it",
    "by_hand": "left automatic payments",
}
_TOLD = {
    "expired": "Nobody answered in time",
    "cured": "What was late is paid",
    "defaulted": "What was late was not paid in time: the plan has ended",
    "completed": "It is paid off",
}
_PAYMENTS = {
    "noticed": "A charge was announced",
    "tried": "A charge was tried",
    "refused": "A charge was refused",
    "paid": "A payment arrived",
}
# Words of these kinds are figures of ours, the others what somebody wrote.
_NOT_WRITTEN = frozenset({"moved", "late", "put_off", "replaced", "refused", "method_set", "method_ended"})
# Why a charge has stopped, where that is nothing that a bank said.
_STOPPED = {
    "paused": "The plan is paused.",
    "frozen": "Nothing of it can be charged now. Once it can, it is announced anew.",
    "by_hand": "The customer pays by hand.",
    "chosen": "The customer has chosen again how to pay: it is announced anew.",
    "method_ended": "What was charged is gone.",
    "plan_ended": "The plan has ended.",
    "came_back": "The money went back.",
    "not_told": "The letter that announces it could not be sent.",
}
# These ask the customer, who is somebody else than whoever reads this.
_TO_CONFIRM = ("authentication_required", "authentication_not_handled", "offline_pin_required")
_OUTCOMES = {
    "succeeded": ("Paid", "paid"),
    "processing": ("At the bank", "pending"),
    "refused": ("Refused", "failed"),
    "authenticate": ("To be confirmed", "due_soon"),
    "cancelled": ("Called off", "closed"),
    None: ("Being tried", "pending"),
}
_CHARGES = {
    "waiting": ("Waits", "open"),
    "trying": ("Under way", "pending"),
    "confirming": ("Waits for the customer’s bank", "due_soon"),
    "stopped": ("Stopped", "failed"),
    "done": ("Collected", "paid"),
}


def moves(found: Sequence[EventRow], names: Names, last: int, words: Words) -> Sequence[Mapping[str, str]]:
    """Oldest first: {text, said, when}; `said` is what somebody wrote. `last` is the number of the last payment."""
    return [
        {
            "text": _event(each, names, last, words),
            "said": "" if each.kind in _NOT_WRITTEN or each.words == ANSWERED else each.words,
            "when": words.short_moment(each.at),
        }
        for each in found
    ]


def since(found: Sequence[EventRow], seen: int, names: Names, last: int, words: Words) -> str:
    """What happened after so many events, in a sentence; "" where nothing did."""
    said = moves(found, names, last, words)[max(0, seen) :]
    return " ".join(f"{each['text']} ({each['when']})." for each in said)


def collecting(
    found: Sequence[CollectingRow], tries: Sequence[TryRow], last: int, words: Words
) -> Sequence[Mapping[str, object]]:
    """Each charge of a saved method: {title, chip, chip_text, words, tries: {text, chip, chip_text, when}}."""
    return [
        {
            "title": position_name(row.position, last),
            "chip_text": _CHARGES[row.state][0],
            "chip": _CHARGES[row.state][1],
            "words": _collecting(row, words),
            "tries": [_try(each, words) for each in tries if each.collection_id == row.id],
        }
        for row in found
    ]


def code_words(code: str, words: Words) -> str:
    """Why nothing came of a charge, in a sentence; what a bank said has its code behind it, to look it up."""
    if code in _STOPPED:
        return _STOPPED[code]
    said = "The bank asks the customer to confirm it." if code in _TO_CONFIRM else why_declined(code, words)
    return f"{said} ({code})"


def _event(event: EventRow, names: Names, last: int, words: Words) -> str:
    who = names.get(event.actor, "The customer")
    amount = f": {words.money(event.amount_cents)}" if event.amount_cents else ""
    payment = f" ({position_name(event.position, last)})" if event.position is not None else ""
    if event.kind in _TOLD:
        return _TOLD[event.kind]
    if event.kind in _PAYMENTS:
        if event.position is None:
            return f"A payment by hand arrived{amount}"
        why = f". {code_words(event.words, words)}" if event.kind == "refused" and event.words else ""
        return f"{_PAYMENTS[event.kind]}{payment}{amount}{why}"
    if event.kind == "offered" and not event.actor.startswith("staff:"):
        return f"{who} made it, within your limits"
    if event.words == ANSWERED:
        return f"{who} answered it with an offer"
    if event.kind == "moved":
        return f"{who} moved a date{payment} to {_day(event.words, words)}"
    if event.kind == "late":
        return f"A payment is late: the customer was told to make up for it until {_day(event.words, words)}"
    if event.kind == "put_off":
        return f"{who} put the payments off by {event.words} {'day' if event.words == '1' else 'days'}"
    if event.kind == "method_set":
        return f"{who} chose what is charged: {whole(event.words)}"
    if event.kind == "method_ended":
        return f"{whole(event.words) or 'What was charged'} is gone: it is paid by hand now"
    if event.kind == "replaced":
        return f"Plan {event.words} has taken its place"
    return f"{who} {_ACTS.get(event.kind, event.kind.replace('_', ' '))}"


def _day(text: str, words: Words) -> str:
    return whole(words.day(date.fromisoformat(text)))


def _collecting(row: CollectingRow, words: Words) -> str:
    method = whole(shown(row.method, row.last4))
    told = f"{words.money(row.noticed_cents)} from {method}, announced {whole(words.day(row.noticed_on))}."
    if row.state == "waiting":
        return f"{told} It is charged on {whole(words.day(row.next_on))}."
    if row.state == "stopped" and row.why:
        return f"{told} No further try: {code_words(row.why, words)}"
    return told


def _try(found: TryRow, words: Words) -> Mapping[str, str]:
    text, chip = _OUTCOMES[found.outcome]
    why = f". {code_words(found.code, words)}" if found.code else ""
    return {
        "text": f"{words.money(found.amount_cents)}{why}",
        "chip_text": text,
        "chip": chip,
        "when": words.short_moment(found.tried_at),
    }
