"""What of an invoice's lines is disputed, in words: the line beside the claim, and what can be approved of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from portal.records.charges import ChargeRow
from portal.records.charges import LineRow as InvoiceLine
from portal.records.disputes import LineRow
from portal.rules.claims import ClaimedLine, asked
from portal.rules.money import plain
from portal.views.dispute_reasons import reason_name
from portal.wording import Words


def lines(
    charge: ChargeRow, invoiced: Sequence[InvoiceLine], disputed: Sequence[LineRow], words: Words
) -> Sequence[Mapping[str, object]]:
    """Each disputed line as the template needs it: figures are (quantity, amount, tax), quantities may be ""."""
    by_position = {line.position: line for line in invoiced}
    return [_line(charge, by_position.get(each.position), each, words) for each in disputed]


def _line(charge: ChargeRow, line: InvoiceLine | None, claim: LineRow, words: Words) -> Mapping[str, object]:
    net_cents = line.amount_cents if line else charge.amount_cents - charge.tax_cents
    tax_cents = line.tax_cents if line else charge.tax_cents
    quantity = line.quantity if line else ""
    is_counted = bool(_figure(claim.disputed_quantity)) and claim.disputed_net_cents > 0
    most_cents = claim.disputed_net_cents or claim.disputed_tax_cents
    return {
        "position": claim.position,
        "description": line.description if line else f"All of {charge.number}",
        "price": words.price(line.unit_price) if line and line.unit_price else "",
        "reason": reason_name(claim.reason, words),
        "said": _said(claim, quantity, net_cents, tax_cents, words),
        "invoiced": _figures(quantity, net_cents, tax_cents, words),
        "disputed": _figures(claim.disputed_quantity, claim.disputed_net_cents, claim.disputed_tax_cents, words),
        "approved": _figures(claim.approved_quantity, claim.approved_net_cents, claim.approved_tax_cents, words),
        "is_approved": bool(claim.approved_net_cents or claim.approved_tax_cents),
        "is_counted": is_counted,
        "is_of_tax": claim.disputed_net_cents == 0,
        "most": claim.disputed_quantity if is_counted else words.money(most_cents),
        "most_money": words.money(most_cents),
        "plain_most": plain(most_cents, words.currency),
    }


def _figures(quantity: str, net_cents: int, tax_cents: int, words: Words) -> Mapping[str, str]:
    return {
        "quantity": quantity,
        "amount": words.money(net_cents),
        "tax": words.money(tax_cents) if tax_cents else "",
        "total": words.money(net_cents + tax_cents),
    }


def _said(claim: LineRow, quantity: str, net_cents: int, tax_cents: int, words: Words) -> str:
    """The figure that the customer gave, as a sentence."""
    if not claim.claimed:
        return ""
    line = ClaimedLine(claim.position, quantity, net_cents, tax_cents)
    wanted = asked(claim.reason, line)  # type: ignore[arg-type]
    if wanted == "right":
        verb = "are right" if claim.reason == "wrong_quantity" else "arrived"
        return f"“{claim.claimed} of {quantity} {verb}”"
    if wanted == "affected":
        return f"“{claim.claimed} of {quantity} affected”"
    if wanted == "price":
        return f"“One should cost {words.price(claim.claimed)}”"
    return f"“{words.price(claim.claimed)} of it is wrong”"


def _figure(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
