"""Letters about what is collected by itself: announced, refused, to be confirmed, stopped; or is due by hand."""

from collections.abc import Callable, Mapping

from portal.actions.collection_facts import CollectionFacts, position_of
from portal.actions.collection_letters import NOT_TOLD
from portal.actions.correspondence import Correspondence, Report
from portal.rules.dates import local_day
from portal.rules.plans import KEPT
from portal.views.declines import why_declined
from portal.views.methods import called
from portal.views.seller_disputes import Told
from portal.wording import Words


def about_collection(found: Correspondence, words: Words) -> dict[str, object]:
    """The context of a letter of this kind, one of KINDS, as things stand."""
    return {"terms": [], **KINDS[found.letter.kind](found, words)}


def collect_stopped(found: Report, words: Words) -> Told:
    """To the seller: what is not tried again, and why."""
    assert found.collection is not None
    facts = found.collection
    listed = [(row["name"], row["value"]) for row in _facts(facts, words)]
    if facts.row.state != "stopped":
        said = words.text("It goes on by now: there is nothing to do.")
        return Told(words.text("An automatic payment had stopped"), said, listed)
    said = words.text("%(why)s It is not tried again.", why=_why(facts, words))
    if facts.row.why == NOT_TOLD:
        said = _why(facts, words)
        next_step = words.text(
            "Nothing is charged without it. Give the customer a contact whose address takes letters: then it is "
            "announced and charged."
        )
    elif found.has_reader:
        next_step = words.text("The customer has been told how to pay.")
    else:
        next_step = words.text("Tell the customer, whom no e-mail reaches.")
    return Told(
        words.text("An automatic payment has stopped"),
        said,
        listed,
        [(next_step, "")],
    )


def what_for(facts: CollectionFacts, words: Words) -> str:
    """`Payment plan P-00012`, or `Invoice 1001`."""
    if facts.plan is not None:
        return words.text("Payment plan %(number)s", number=facts.plan.number)
    return words.text("Invoice %(number)s", number=facts.charge.number if facts.charge else "")


def _notice(found: Correspondence, words: Words) -> dict[str, object]:
    facts = _of(found)
    amount, day = words.money(facts.row.noticed_cents), words.date(facts.row.next_on)
    return {
        "title": words.text(
            "%(amount)s will be charged on %(date)s for %(what)s", amount=amount, date=day, what=_what(facts, words)
        ),
        "said": [
            words.text(
                "On %(date)s we charge your %(method)s, as agreed.", date=day, method=called(facts.method, words)
            )
        ],
        "facts": _facts(facts, words, amount=amount, day=day),
        "more": [
            words.text("There is nothing to do. If less is open by then, less is charged, and never more than this."),
            *_unused_credit(found, words),
            words.text(
                "You can pay it earlier by hand, and then nothing is charged. To pay with something else, or to stop "
                "automatic payments, use the button before that day."
            ),
        ],
        "button": _open(facts, words),
    }


def _unused_credit(found: Correspondence, words: Words) -> list[str]:
    """Credit is put on an invoice only by whoever it belongs to."""
    credit_cents = found.standing.statement.balance.credit_cents
    if credit_cents <= 0:
        return []
    said = words.text(
        "Your credit of %(amount)s is not used for it. To use it, pay by hand before that day.",
        amount=words.money(credit_cents),
    )
    return [said]


def _refused(found: Correspondence, words: Words) -> dict[str, object]:
    facts = _of(found)
    is_over = facts.row.state == "stopped"
    if facts.row.why == "came_back":
        title = words.text("Your payment of %(amount)s has come back", amount=words.money(facts.last_cents))
    else:
        title = words.text("Your payment of %(amount)s did not go through", amount=words.money(facts.last_cents))
    if is_over:
        more = [
            words.text("We do not try it again. Please pay it by hand: the button leads to it."),
            words.text("What comes after it is charged as before, unless we have told you that it is not.")
            if facts.method.ended_at is None
            else words.text("To go on with automatic payments, save another card or bank account there."),
        ]
    else:
        more = [
            words.text("We try it again on %(date)s, with the same amount.", date=words.date(facts.row.next_on)),
            words.text(
                "Please see to it that it can be charged then, or pay it now by hand: the button leads to it, and then "
                "it is not tried again."
            ),
        ]
    return {
        "title": title,
        "said": [words.text("%(why)s What was to be paid is still open.", why=_why(facts, words))],
        "facts": _facts(facts, words),
        "more": more,
        "button": words.text("Look and pay"),
    }


def _confirm(found: Correspondence, words: Words) -> dict[str, object]:
    facts = _of(found)
    amount = words.money(facts.last_cents)
    return {
        "title": words.text("Please confirm your payment of %(amount)s", amount=amount),
        "said": [
            words.text(
                "Your bank asks that you confirm this payment yourself. Until you do, it is not paid, and we do not "
                "try it again."
            )
        ],
        "facts": _facts(facts, words, amount=amount),
        "more": [
            words.text("The button leads to a page from where your bank asks you. You can also pay in another way."),
        ],
        "button": words.text("Confirm the payment"),
    }


def _due(found: Correspondence, words: Words) -> dict[str, object]:
    assert found.plan is not None
    row = found.plan.standing.row(position_of(found.letter))
    amount, day, number = words.money(row.left_cents), words.date(row.due_on), found.plan.plan.number
    return {
        "title": words.text(
            "%(amount)s is due on %(date)s for plan %(number)s", amount=amount, date=day, number=number
        ),
        "said": [words.text("The next payment of your plan is due soon. It is not charged by itself: please pay it.")],
        "facts": [
            {"name": words.text("Amount"), "value": amount},
            {"name": words.text("Due on"), "value": day},
            {"name": words.text("For"), "value": words.text("Payment plan %(number)s", number=number)},
        ],
        "more": [
            words.text("If you have paid it already, there is nothing to do. If you cannot, please talk to us before."),
        ],
        "button": words.text("View and pay"),
    }


def _of(found: Correspondence) -> CollectionFacts:
    assert found.collection is not None
    return found.collection


def _facts(facts: CollectionFacts, words: Words, *, amount: str = "", day: str = "") -> list[dict[str, str]]:
    """Amount, day, method, what for. Without a `day` it is that of the last try."""
    tried = facts.tries[-1] if facts.tries else None
    if not day:
        day = words.date(local_day(tried.tried_at, words.time_zone)) if tried else words.date(facts.row.next_on)
    return [
        {"name": words.text("Amount"), "value": amount or words.money(facts.last_cents)},
        {"name": words.text("Date"), "value": day},
        {"name": words.text("Charged to"), "value": called(facts.method, words)},
        {"name": words.text("For"), "value": what_for(facts, words)},
    ]


def _what(facts: CollectionFacts, words: Words) -> str:
    if facts.plan is not None:
        return words.text("plan %(number)s", number=facts.plan.number)
    return words.text("invoice %(number)s", number=facts.charge.number if facts.charge else "")


def _why(facts: CollectionFacts, words: Words) -> str:
    code = facts.row.why or (facts.tries[-1].code if facts.tries else "")
    return why_declined(code, words)


def _open(facts: CollectionFacts, words: Words) -> str:
    is_plan = facts.plan is not None and facts.plan.state in KEPT
    return words.text("Open your plan") if is_plan else words.text("Open your account")


KINDS: Mapping[str, Callable[[Correspondence, Words], dict[str, object]]] = {
    "collect_notice": _notice,
    "autopay_notice": _notice,
    "collect_refused": _refused,
    "autopay_refused": _refused,
    "collect_confirm": _confirm,
    "plan_due": _due,
}
