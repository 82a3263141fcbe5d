"""Letters to a customer about a dispute: received, a question, an offer, the decision, a reminder."""

from portal.actions.dispute_facts import DisputeFacts
from portal.actions.statements import discount_steps
from portal.records.dispute_talk import OfferRow
from portal.records.disputes import LineRow
from portal.rules.statement import Item
from portal.views.dispute_reasons import reason_name
from portal.wording import Words


def about_dispute(kind: str, found: DisputeFacts, words: Words) -> dict[str, object]:
    """The context of a letter of this kind, as things stand."""
    dispute = found.dispute
    approved_cents = sum(line.approved_net_cents + line.approved_tax_cents for line in found.lines)
    shared: dict[str, object] = {
        "number": dispute.number,
        "invoice": found.charge.number,
        "lines": [_line(found, line, words) for line in found.lines],
        "disputed": words.money(sum(line.disputed_net_cents + line.disputed_tax_cents for line in found.lines)),
        "approved": words.money(approved_cents),
        "decided": kind == "dispute_decided" or approved_cents > 0,
        "left": _left(found.item, words),
        "answer_by": words.date(dispute.reply_by) if dispute.reply_by else "",
    }
    if kind == "dispute_received":
        return shared | {"reopened": dispute.reopened_at is not None, "clock_stands": _clock_stands(found)}
    if kind == "dispute_decided":
        return shared | _decided(found, words)
    offer = found.offer
    return shared | {
        "question": paragraphs(found.asked),
        "offer": offer_words(offer, words) if offer else "",
        "offer_words": paragraphs(offer.words) if offer else [],
        "leaves": _left(found.accepting, words),
    }


def offer_words(offer: OfferRow, words: Words) -> str:
    """What is offered, in a sentence."""
    credit = words.money(offer.net_cents + offer.tax_cents)
    if offer.kind == "replacement":
        return words.text("We send you the goods once more, and the invoice stays as it is.")
    if offer.kind == "percentage":
        percent = words.percent(offer.percent_bp or 0)
        return words.text(
            "We credit %(percent)s of what you dispute: %(credit)s, tax included.", percent=percent, credit=credit
        )
    return words.text("We credit %(credit)s, tax included.", credit=credit)


def paragraphs(said: str) -> list[str]:
    """Somebody's words by line, without empty ones."""
    return [line.strip() for line in said.splitlines() if line.strip()]


def line_name(found: DisputeFacts, line: LineRow, words: Words) -> str:
    """What the line is for; position 0 is an invoice without lines."""
    return found.descriptions.get(line.position) or words.text("The whole invoice")


def line_reason(found: DisputeFacts, line: LineRow, words: Words) -> str:
    """`Short delivery, 2 of 10`."""
    name, invoiced = reason_name(line.reason, words), found.invoiced.get(line.position, "")
    if not line.disputed_quantity or not invoiced:
        return name
    return words.text(
        "%(reason)s, %(count)s of %(invoiced)s", reason=name, count=line.disputed_quantity, invoiced=invoiced
    )


def _line(found: DisputeFacts, line: LineRow, words: Words) -> dict[str, str]:
    return {
        "name": line_name(found, line, words),
        "reason": line_reason(found, line, words),
        "disputed": words.money(line.disputed_net_cents + line.disputed_tax_cents),
        "approved": words.money(line.approved_net_cents + line.approved_tax_cents),
    }


def _left(item: Item | None, words: Words) -> dict[str, str]:
    """What can be paid of the invoice now, what paying it takes while a discount stands, and what is on its way."""
    offer = item.offer if item and item.offer and item.offer.discount_cents else None
    return {
        "payable": words.money_or_nothing(item.parts.payable_cents) if item else "",
        "pay": words.money(offer.pay_cents) if offer else "",
        "saving": words.money(offer.discount_cents) if offer else "",
        "until": words.date(offer.until_on) if offer and offer.until_on else "",
        "pending": words.money_or_nothing(item.parts.pending_cents) if item else "",
        "due": words.date(item.due_on) if item else "",
    }


def _clock_stands(found: DisputeFacts) -> bool:
    """Whether the disputed part had a discount still to lose when it was disputed."""
    steps = discount_steps(found.charge.terms, found.charge.issued_on)
    return bool(steps) and steps[-1].until_on >= found.dispute.filed_on


def _decided(found: DisputeFacts, words: Words) -> dict[str, object]:
    dispute = found.dispute
    return {
        "verdict": _verdict(found, words),
        "agreed": offer_words(found.agreed, words) if found.agreed else "",
        "reason": paragraphs(dispute.decision),
        "memos": [_memo(memo.number, memo.amount_cents, memo.tax_cents, words) for memo in found.memos],
        "waived": words.money_or_nothing(found.waived_cents),
        "reopen_until": words.date(found.reopen_until) if found.reopen_until else "",
    }


def _verdict(found: DisputeFacts, words: Words) -> str:
    dispute, values = found.dispute, {"number": found.dispute.number, "invoice": found.charge.number}
    if dispute.is_goodwill:
        return words.text(
            "We have credited your dispute %(number)s about invoice %(invoice)s at once, as goodwill.", **values
        )
    if found.agreed is not None:
        return words.text(
            "Your dispute %(number)s about invoice %(invoice)s is settled by our offer, which you accepted.", **values
        )
    if dispute.state == "accepted":
        return words.text("We have accepted your dispute %(number)s about invoice %(invoice)s.", **values)
    if dispute.state == "partly_accepted":
        return words.text("We have accepted a part of your dispute %(number)s about invoice %(invoice)s.", **values)
    return words.text("We have not accepted your dispute %(number)s about invoice %(invoice)s.", **values)


def _memo(number: str, cents: int, tax_cents: int, words: Words) -> str:
    if not tax_cents:
        return words.text("Credit memo %(number)s: %(amount)s", number=number, amount=words.money(cents))
    return words.text(
        "Credit memo %(number)s: %(amount)s, of which %(tax)s is tax",
        number=number, amount=words.money(cents), tax=words.money(tax_cents),
    )  # fmt: skip
