"""Letters about saved methods and automatic payments: to the customer, and to the seller where one has ended."""

from collections.abc import Callable, Mapping

from portal.actions.correspondence import Report
from portal.actions.method_care import last_day
from portal.actions.method_facts import MethodFacts
from portal.views.methods import called, why_ended
from portal.views.seller_disputes import Told
from portal.wording import Words


def about_method(kind: str, found: MethodFacts, words: Words) -> dict[str, object]:
    """The context of a letter of this kind, one of KINDS, as things stand."""
    return {"facts": [], "terms": [], "button": words.text("Open your account"), **KINDS[kind](found, words)}


def method_ended(found: Report, words: Words) -> Told:
    """To the seller: what was charged by itself and is not any more."""
    assert found.method is not None
    facts = [(words.text("Payment plans"), words.joined(list(found.method.plans)))] if found.method.plans else []
    if found.method.autopay is not None:
        facts.append((words.text("Automatic payments"), words.text("Off since then")))
    said = words.text("Nothing is charged to it any more, and the customer pays by hand until another is saved.")
    next_step = (
        words.text("The customer has been told, and can save another card or bank account.")
        if found.has_reader
        else words.text("Tell the customer, whom no e-mail reaches.")
    )
    return Told(
        words.text("A saved card or bank account has ended"),
        f"{why_ended(found.method.method, words)} {said}",
        facts,
        [(next_step, "")],
    )


def _on(found: MethodFacts, words: Words) -> dict[str, object]:
    name = called(found.method, words)
    return {
        "title": words.text("Automatic payments are on"),
        "said": [
            words.text("Your invoices are charged to %(name)s from now on. This is what you agreed to:", name=name)
        ],
        "terms": found.autopay.consent.splitlines() if found.autopay else [],
        "more": [
            words.text(
                "To turn them off, open your account and choose “Saved cards and automatic payments”. You can do so at "
                "any time up to the moment a charge is sent."
            ),
            _not_you(words),
        ],
    }


def _off(found: MethodFacts, words: Words) -> dict[str, object]:
    return {
        "title": words.text("Automatic payments are off"),
        "said": [
            words.text("No invoice is charged to %(name)s by itself any more.", name=called(found.method, words)),
            words.text(
                "From now on you pay each invoice yourself, by the day it is due. A charge that was sent before is not "
                "stopped by this; you get a receipt for it."
            ),
        ],
        "more": [_not_you(words)],
    }


def _ended(found: MethodFacts, words: Words) -> dict[str, object]:
    said = [
        why_ended(found.method, words),
        words.text("Nothing is charged to it any more. A charge that was sent before is not stopped by this."),
    ]
    if found.plans:
        said.append(
            words.text(
                "You pay plan %(numbers)s by hand from now on: we send you a link before each date. The plan itself "
                "stays as it is.",
                numbers=words.joined(list(found.plans)),
            )
        )
    if found.autopay is not None:
        said.append(words.text("Automatic payments have ended with it: you pay each invoice yourself again."))
    more = [_another(words)] if found.plans or found.autopay else []
    if found.method.ended_why == "removed":
        more.append(_not_you(words))
    return {
        "title": words.text("%(name)s is not charged any more", name=called(found.method, words)),
        "said": said,
        "more": more,
    }


def _expiring(found: MethodFacts, words: Words) -> dict[str, object]:
    last = last_day(found.method)
    uses = [words.text("plan %(number)s", number=number) for number in found.plans]
    if found.autopay is not None:
        uses.append(words.text("your automatic payments"))
    said = [
        words.text(
            "Your card %(name)s is good until %(date)s.",
            name=called(found.method, words),
            date=words.date(last) if last else "",
        )
    ]
    if uses:
        said.append(words.text("It pays %(uses)s. After that day it cannot.", uses=words.joined(uses)))
    return {
        "title": words.text("Your card expires soon"),
        "said": said,
        "more": [
            words.text(
                "Your bank may have sent you a new card and told our payment company: then you need do nothing. If it "
                "does not, we write to you again, and you pay by hand until another is saved."
            ),
            _another(words),
        ],
    }


def _another(words: Words) -> str:
    return words.text(
        "To save another card or bank account, open your account and choose “Saved cards and automatic payments”."
    )


def _not_you(words: Words) -> str:
    return words.text("This was not you? Please tell us at once.")


KINDS: Mapping[str, Callable[[MethodFacts, Words], dict[str, object]]] = {
    "autopay_on": _on,
    "autopay_off": _off,
    "method_ended": _ended,
    "method_expiring": _expiring,
}
