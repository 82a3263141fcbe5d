"""A dispute as its customer reads it: whose turn it is and by when, its figures, what was said, offered and decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.actions.dispute_facts import DisputeFacts
from portal.actions.statements import discount_steps
from portal.records.attachments import AttachmentRow
from portal.records.dispute_talk import MessageRow
from portal.records.disputes import DisputeRow, LineRow
from portal.rules.discounts import days_left
from portal.rules.disputes import DECIDED, OPEN, turn
from portal.views.dispute_form import file_size
from portal.views.dispute_letters import about_dispute, line_name, line_reason, paragraphs
from portal.wording import Words


@dataclass(frozen=True, slots=True)
class Shown:
    """A dispute with all that its page tells. `files` are by message, `amounts` (with tax) by position."""

    facts: DisputeFacts
    messages: Sequence[MessageRow]
    files: Mapping[int, Sequence[AttachmentRow]]
    amounts: Mapping[int, int]

    @property
    def is_open_to_words(self) -> bool:
        """Whether the customer may write: an answer, or why it is to be opened again."""
        return self.facts.dispute.state in OPEN or self.facts.reopen_until is not None


def state_name(state: str, words: Words) -> str:
    """How it stands, in a word or two."""
    known = {
        "new": words.text("New"),
        "in_review": words.text("In review"),
        "waiting": words.text("Waiting for you"),
        "offered": words.text("Offer for you"),
        "accepted": words.text("Accepted"),
        "partly_accepted": words.text("Partly accepted"),
        "rejected": words.text("Not accepted"),
        "withdrawn": words.text("Taken back"),
    }
    return known.get(state, state)


def page(shown: Shown, words: Words, *, base: str) -> dict[str, object]:
    """Everything about one dispute."""
    facts = shown.facts
    dispute = facts.dispute
    here = f"{base}/disputes/{dispute.public_id}"
    kind = "dispute_decided" if dispute.state in DECIDED else "dispute_offer"
    told = about_dispute(kind, facts, words)
    return {
        "number": dispute.number,
        "invoice": facts.charge.number,
        "state": {"name": state_name(dispute.state, words), "class": _chip(dispute.state)},
        "turn": _turn(dispute, words),
        "lines": [_line(shown, line, words) for line in facts.lines],
        "disputed": told["disputed"],
        "approved": told["approved"] if told["decided"] else "",
        "clock": _clock(facts, words),
        "thread": [_message(message, shown, words, here) for message in shown.messages],
        "offer": _offer(facts, told, words, here),
        "decision": _decision(told) if dispute.state in DECIDED else None,
        "left": told["left"],
        "pay": f"{base}/pay?charge={facts.charge.public_id}" if facts.item and facts.item.parts.payable_cents else "",
        "can": {
            "answer": dispute.state in OPEN,
            "withdraw": dispute.state in OPEN,
            "reopen_until": words.date(facts.reopen_until) if facts.reopen_until else "",
        },
        "links": {
            "here": here,
            "invoice": f"{base}/invoices/{facts.charge.public_id}",
            "answer": f"{here}/messages",
            "withdraw": f"{here}/withdrawal",
            "reopen": f"{here}/reopening",
        },
    }


def listed(found: Sequence[tuple[DisputeRow, str, int]], words: Words, *, base: str) -> list[dict[str, object]]:
    """Disputes with the number of their invoice and what they are over, in a line each."""
    return [
        {
            "number": dispute.number,
            "href": f"{base}/disputes/{dispute.public_id}",
            "invoice": invoice,
            "amount": words.money(cents),
            "state": {"name": state_name(dispute.state, words), "class": _chip(dispute.state)},
            "turn": _turn(dispute, words),
        }
        for dispute, invoice, cents in found
    ]


def on_invoice(
    found: Sequence[tuple[DisputeRow, Sequence[LineRow]]], words: Words, *, base: str
) -> list[dict[str, object]]:
    """The disputes about one invoice, each with the positions of its lines."""
    return [
        {
            "number": dispute.number,
            "href": f"{base}/disputes/{dispute.public_id}",
            "amount": words.money(sum(line.disputed_net_cents + line.disputed_tax_cents for line in lines)),
            "state": {"name": state_name(dispute.state, words), "class": _chip(dispute.state)},
            "positions": [line.position for line in lines],
        }
        for dispute, lines in found
    ]


def since(found: Sequence[DisputeRow], words: Words) -> str:
    """`D-00012 since March 5, 2026`: which disputes hold an amount still; "" for none."""
    return words.joined(
        [
            words.text("%(number)s since %(date)s", number=dispute.number, date=words.date(dispute.filed_on))
            for dispute in found
        ]
    )


def _turn(dispute: DisputeRow, words: Words) -> str:
    """Whose turn it is and by when, in a sentence; how it ended once it is closed."""
    by = words.date(dispute.reply_by) if dispute.reply_by else ""
    whose = turn(dispute.state)  # type: ignore[arg-type]
    if whose == "seller":
        if dispute.reply_by is not None and dispute.reply_by < words.today:
            return words.text("We wanted to answer by %(date)s, and are late. We have not forgotten it.", date=by)
        return words.text("It is our turn: we answer by %(date)s.", date=by)
    if dispute.state == "offered":
        return words.text("It is your turn: our offer is open until %(date)s.", date=by)
    if whose == "customer":
        return words.text("It is your turn: please answer by %(date)s.", date=by)
    if dispute.state == "withdrawn":
        return words.text("You have taken it back.")
    return words.text("Decided on %(date)s.", date=words.date(dispute.decided_on)) if dispute.decided_on else ""


def _chip(state: str) -> str:
    return {
        "new": "open",
        "in_review": "open",
        "waiting": "due_soon",
        "offered": "due_soon",
        "accepted": "paid",
        "partly_accepted": "paid",
    }.get(state, "disputed")


def _line(shown: Shown, line: LineRow, words: Words) -> dict[str, str]:
    """Invoiced, disputed and approved, each with its quantity where there is one."""
    facts = shown.facts
    invoiced = facts.invoiced.get(line.position, "")
    is_decided = facts.dispute.state in DECIDED or line.approved_net_cents + line.approved_tax_cents > 0
    approved_cents = line.approved_net_cents + line.approved_tax_cents
    return {
        "name": line_name(facts, line, words),
        "reason": line_reason(facts, line, words),
        "invoiced_quantity": invoiced,
        "invoiced": words.money(shown.amounts.get(line.position, 0)),
        "disputed_quantity": line.disputed_quantity,
        "disputed": words.money(line.disputed_net_cents + line.disputed_tax_cents),
        "approved_quantity": line.approved_quantity if is_decided else "",
        "approved": words.money(approved_cents) if is_decided else "",
    }


def _clock(facts: DisputeFacts, words: Words) -> str:
    """The rule about the discount's clock, in this dispute's days; "" where there was no discount to lose."""
    dispute = facts.dispute
    steps = [
        step for step in discount_steps(facts.charge.terms, facts.charge.issued_on)
        if days_left(step, dispute.filed_on) is not None
    ]  # fmt: skip
    if not steps or dispute.state not in OPEN:
        return ""
    days = days_left(steps[-1], dispute.filed_on) or 0
    since = words.date(dispute.filed_on)
    return words.count(
        "The discount clock of what you dispute stands still since %(date)s, with %(num)s day left. If we decide for "
        "you, what is left has that day from the decision on; if not, it counts as if the clock had never stopped.",
        "The discount clock of what you dispute stands still since %(date)s, with %(num)s days left. If we decide for "
        "you, what is left has those days from the decision on; if not, it counts as if the clock had never stopped.",
        days,
        date=since,
    )


def _message(message: MessageRow, shown: Shown, words: Words, here: str) -> dict[str, object]:
    by_us = message.author != "customer"
    return {
        "who": (message.staff or words.text("Us")) if by_us else (message.contact or words.text("You")),
        "at": words.moment(message.said_at),
        "by_us": by_us,
        "paragraphs": paragraphs(message.body),
        "files": [_file(row, words, here) for row in shown.files.get(message.id, ())],
    }


def _file(row: AttachmentRow, words: Words, here: str) -> dict[str, str]:
    href = f"{here}/files/{row.public_id}"
    return {
        "name": row.name,
        "size": file_size(row, words),
        "href": href,
        "thumbnail": f"{href}/thumbnail" if row.thumbnail_name else "",
    }


def _offer(facts: DisputeFacts, told: Mapping[str, object], words: Words, here: str) -> dict[str, object] | None:
    offer = facts.offer
    if offer is None or facts.dispute.state != "offered" or offer.expires_on < words.today:
        return None
    return {
        "what": told["offer"],
        "words": told["offer_words"],
        "until": words.date(offer.expires_on),
        "leaves": told["leaves"],
        "accept": f"{here}/offers/{offer.public_id}/acceptance",
        "decline": f"{here}/offers/{offer.public_id}/refusal",
    }


def _decision(told: Mapping[str, object]) -> dict[str, object]:
    return {name: told[name] for name in ("verdict", "agreed", "reason", "memos", "waived")}
