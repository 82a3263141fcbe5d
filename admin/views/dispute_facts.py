"""What surrounds a dispute, in words: how customer and invoice stand, other disputes, and what was just done."""

from collections.abc import Sequence

from admin.views.cells import Cell, Fact, Head, Table
from admin.views.disputes import state_chip
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, accounts, dispute_related, disputes
from portal.records.charges import ChargeRow
from portal.records.dispute_related import PastRow, RelatedRow
from portal.records.disputes import DisputeRow
from portal.views.dispute_reasons import reason_name
from portal.wording import Words

_TOLD = {
    "in_review": "You look into this dispute now. The customer sees that.",
    "waiting": "The customer is asked, and it is their turn.",
    "offered": "The offer is made, and it is the customer’s turn.",
    "rejected": "The dispute is rejected. What was disputed is to be paid.",
}


def of_customer(standing: Standing, past: PastRow, words: Words) -> Sequence[Fact]:
    """Balance, overdue, credit, and how often they were right before."""
    found = standing.statement
    facts = [
        Fact("Balance", words.money(found.balance.balance_cents)),
        Fact("Overdue", words.money(found.overdue_cents) if found.overdue_cents else "Nothing"),
    ]
    if found.balance.credit_cents:
        facts.append(Fact("Account credit", words.money(found.balance.credit_cents)))
    return [*facts, Fact("Disputes before", _past(past))]


def of_invoice(charge: ChargeRow, standing: Standing, words: Words) -> Sequence[Fact]:
    """Amount, open and its parts, dates, terms, discount."""
    row = next((each for each in standing.statement.rows if each.item.charge_id == charge.id), None)
    facts = [
        Fact("Amount", words.money(charge.amount_cents)),
        Fact("Open", words.money(charge.open_cents)),
    ]
    if row:
        parts, offer = row.item.parts, row.item.offer
        facts.append(Fact("To pay now", words.money(parts.payable_cents)))
        if parts.pending_cents:
            facts.append(Fact("Pending", words.money(parts.pending_cents)))
        if offer and offer.discount_cents and offer.until_on:
            discount = f"{words.money(offer.discount_cents)} until {words.day(offer.until_on)}"
            facts.append(Fact("Discount", discount))
    facts += [Fact("Issued", words.long_day(charge.issued_on)), Fact("Due", words.long_day(charge.due_on))]
    return [*facts, Fact("Terms", charge.terms)] if charge.terms else facts


def related(others: Sequence[RelatedRow], same: Sequence[RelatedRow], policy: Policy) -> Sequence[Table]:
    """Disputes of the last twelve months: of this customer, and about the same goods."""
    return [
        Table(
            "Other disputes of this customer",
            [Head("Dispute"), Head("Line"), Head("Outcome"), Head("Disputed", is_number=True)],
            [_related(each, each.description or each.invoice, policy) for each in others],
            "None in the last twelve months.",
        ),
        Table(
            "Disputes about the same goods",
            [Head("Dispute"), Head("Customer"), Head("Outcome"), Head("Disputed", is_number=True)],
            [_related(each, each.customer, policy) for each in same],
            "Nobody else has disputed them in the last twelve months.",
        ),
    ]


def told(session: Session, dispute: DisputeRow, words: Words) -> str:
    """What was just done, by how the dispute stands now, and who hears of it."""
    approved = sum(each.approved_net_cents + each.approved_tax_cents for each in disputes.lines(session, dispute.id))
    given = f"{words.money(approved)} is credited" if approved else "Nothing is credited"
    decided = {
        "accepted": f"The dispute is accepted. {given}.",
        "partly_accepted": f"The dispute is accepted in part. {given}.",
    }
    said = {**_TOLD, **decided}.get(dispute.state, "That is done.")
    letter = dispute_related.newest_letter(session, dispute.id) if dispute.state != "in_review" else None
    if letter is None or letter.contact_id is None:
        return said
    return f"{said} A letter to {accounts.email_of(session, letter.contact_id)} is on its way."


def _past(past: PastRow) -> str:
    if not past.disputes:
        return "None"
    return f"{past.disputes}: {past.accepted} accepted, {past.rejected} rejected"


def _related(found: RelatedRow, about: str, policy: Policy) -> Sequence[Cell]:
    words = policy.words(found.currency)
    given = f"{words.money(found.approved_cents)} approved" if found.approved_cents else ""
    chip = state_chip(found.state)
    return [
        Cell(found.number, href=f"/admin/disputes/{found.public_id}", sub=words.long_day(found.filed_on)),
        Cell(about, sub=reason_name(found.reason, words)),
        Cell(chip.text, chip=chip.chip),
        Cell(words.money(found.disputed_cents), sub=given),
    ]
