"""What the seller is told of a dispute, by how it stands: who holds the money, and whether an answer is asked for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from portal.actions.correspondence import Report
from portal.actions.receipts import Receipt
from portal.records.reversals import ChargebackRow
from portal.rules.dates import local_day
from portal.views.receipts import receipt_number
from portal.wording import Words

Facts = Sequence[tuple[str, str]]

# Stripe's words for a dispute that is being decided; after one was lost, for the last time.
_ASKED_AGAIN = frozenset({"needs_response", "under_review", "appeal_needs_response", "appeal_under_review"})


class Told(NamedTuple):
    """A title, what happened in a sentence or two, (name, value) and (what to do next, its command or "")."""

    title: str
    said: str
    facts: Facts = ()
    steps: Sequence[tuple[str, str]] = ()


def about_dispute(found: Report, words: Words) -> Told:
    """Told by Stripe's word for how it stands; a word that is not known changes nothing and says so."""
    row, receipt = found.chargeback, found.receipt
    assert row is not None
    assert receipt is not None
    is_gone = _is_gone(row, receipt)
    if row.kind == "return" and row.state != "won":
        told = _returned(words)
    elif row.state == "prevented":
        told = _prevented(words) if is_gone else _prevented_for_nothing(words)
    elif is_gone and row.state in _ASKED_AGAIN:
        told = _appealed(words)
    else:
        told = _TOLD[row.state](row, words) if row.state in _TOLD else _unknown(row, words, is_gone=is_gone)
    steps = [
        *((text, command.format(payment=receipt_number(receipt.payment))) for text, command in told.steps),
        *_open_again(found, row, words, is_gone=is_gone),
    ]
    return told._replace(facts=_facts(row, words), steps=steps)


def _is_gone(row: ChargebackRow, receipt: Receipt) -> bool:
    """Whether the books have its money as taken for good, as they stand now."""
    moved = f"stripe:{row.stripe_dispute_id}/"
    return sum(turn.cents for turn in receipt.turns if turn.source.startswith(moved)) < 0


def _open_again(found: Report, row: ChargebackRow, words: Words, *, is_gone: bool) -> Iterator[tuple[str, str]]:
    """What to do where the money is away for good; while it may come back, the letter says so itself."""
    if not is_gone or row.state in _ASKED_AGAIN:
        return
    if found.has_reader:
        yield words.text("The customer has been told, and can pay again. Talk to them about it."), ""
    else:
        yield words.text("Tell the customer, whom no e-mail reaches, and who can pay again."), ""


def _facts(row: ChargebackRow, words: Words) -> Facts:
    asks = row.state in ("needs_response", "warning_needs_response")
    return [
        (words.text("Disputed"), words.money(row.amount_cents)),
        (words.text("The bank's reason"), row.reason.replace("_", " ")),
        (words.text("Answer by"), _answer_by(row, words) if asks else ""),
        (words.text("In Stripe"), row.stripe_dispute_id),
        (words.text("Stripe's word for it"), row.state.replace("_", " ")),
    ]


def _answer_by(row: ChargebackRow, words: Words) -> str:
    return words.date(local_day(row.answer_by, words.time_zone)) if row.answer_by else ""


def _returned(words: Words) -> Told:
    return Told(
        words.text("A bank debit came back"),
        words.text(
            "The customer's bank took the money of a debit back, and what it had paid is open again. This is final: "
            "nothing can be answered."
        ),
    )


def _appealed(words: Words) -> Told:
    return Told(
        words.text("A lost chargeback is looked at again"),
        words.text("The bank looks once more at a chargeback that was lost. Until it decides, the money stays away."),
        steps=[(words.text("You are told when it is decided. What the payment had paid stays open."), "")],
    )


def _inquiry(row: ChargebackRow, words: Words) -> Told:
    by = _answer_by(row, words)
    return Told(
        words.text("A bank asks about a payment"),
        words.text("A customer's bank asks about a card payment. No money has moved."),
        steps=[
            (
                words.text("Answer in Stripe by %(date)s: a good answer often ends it there.", date=by)
                if by
                else words.text("Answer in Stripe soon: a good answer often ends it there."),
                "",
            ),
            (words.text("Or give the money back, which ends it too:"), "portal refund {payment}"),
        ],
    )


def _inquiry_read(row: ChargebackRow, words: Words) -> Told:
    return Told(
        words.text("A bank reads your answer"),
        words.text("Your answer to a bank's question about a card payment is with the bank. No money has moved."),
    )


def _inquiry_closed(row: ChargebackRow, words: Words) -> Told:
    return Told(
        words.text("A bank's question is settled"),
        words.text("The bank asks no more about a card payment. No money has moved, and nothing is left to do."),
    )


def _opened(row: ChargebackRow, words: Words) -> Told:
    by = _answer_by(row, words)
    return Told(
        words.text("Chargeback: answer by %(date)s", date=by) if by else words.text("Chargeback: an answer is due"),
        words.text(
            "A customer disputes a card payment with the bank, which holds the money until it decides. "
            "What it paid stays paid until then."
        ),
        steps=[
            (
                words.text(
                    "Answer in Stripe by then, with what shows that it was ordered and delivered. "
                    "Without an answer the money is lost."
                ),
                "",
            )
        ],
    )


def _read(row: ChargebackRow, words: Words) -> Told:
    return Told(
        words.text("Your answer to a chargeback is with the bank"),
        words.text("The bank reads your answer and holds the money until it decides. That can take some weeks."),
    )


def _won(row: ChargebackRow, words: Words) -> Told:
    return Told(
        words.text("Chargeback won"),
        words.text("The bank decided for you: the money is yours, and what it paid stays paid."),
    )


def _lost(row: ChargebackRow, words: Words) -> Told:
    return Told(
        words.text("Chargeback lost"),
        words.text("The bank decided for the customer: the money is gone, and what it had paid is open again."),
    )


def _prevented(words: Words) -> Told:
    return Told(
        words.text("A dispute was settled before it began, with your money"),
        words.text(
            "Stripe gave the customer the money back before the bank took the dispute up. The money is gone, and what "
            "it had paid is open again."
        ),
    )


def _prevented_for_nothing(words: Words) -> Told:
    return Told(
        words.text("A dispute was settled before it began"),
        words.text(
            "Stripe settled a dispute before the bank took it up. The dispute took no money: what the payment paid is "
            "as it was, and nothing is left to do."
        ),
    )


def _unknown(row: ChargebackRow, words: Words, *, is_gone: bool) -> Told:
    word = row.state.replace("_", " ")
    said = words.text("Stripe's word for a dispute is “%(word)s”, which the portal does not know.", word=word)
    if is_gone:
        held = words.text("In the books the money is gone, and what it had paid is open again.")
    else:
        held = words.text("In the books the dispute has taken nothing: what the payment paid is as it was.")
    return Told(
        words.text("A dispute to look at in Stripe"),
        f"{said} {held}",
        steps=[
            (words.text("Look at it in Stripe, and answer there if an answer is asked for."), ""),
            (
                words.text("Once Stripe says won or lost, the books follow. Until then, to compare them:"),
                "portal reconcile",
            ),
        ],
    )


_TOLD: Mapping[str, Callable[[ChargebackRow, Words], Told]] = {
    "warning_needs_response": _inquiry,
    "warning_under_review": _inquiry_read,
    "warning_closed": _inquiry_closed,
    "needs_response": _opened,
    "under_review": _read,
    "won": _won,
    "lost": _lost,
}
