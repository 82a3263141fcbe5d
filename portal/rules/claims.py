"""What a customer says is wrong with a line, checked against the line: how much of it is disputed (product.md D1).

Figures are kept as invoiced, disputed and approved, in quantity and amount. Quantities are decimal text, as the
seller wrote them; amounts are before tax, with the line's tax beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from portal.rules.money import DecimalMark, accumulated_share, half_up, parse_amount, words
from portal.rules.quantities import kept_quantity, plain_quantity, read_quantity
from portal.rules.refusals import Refusal

Reason = Literal[
    "not_received",
    "short",
    "damaged",
    "wrong_item",
    "wrong_price",
    "wrong_quantity",
    "tax",
    "duplicate",
    "already_paid",
    "not_ordered",
    "missing_document",
    "other",
]
# What the one figure beside the reason says: how many arrived or were ordered, how many are affected, what one
# should cost, how much of the amount is wrong; or that no figure is needed, since it is the whole line or its tax.
Asked = Literal["right", "affected", "price", "amount", "tax", "whole"]

REASONS: Mapping[Reason, Asked] = {
    "not_received": "right",
    "short": "right",
    "damaged": "affected",
    "wrong_item": "affected",
    "wrong_price": "price",
    "wrong_quantity": "right",
    "tax": "tax",
    "duplicate": "whole",
    "already_paid": "whole",
    "not_ordered": "affected",
    "missing_document": "whole",
    "other": "amount",
}
_LONGEST_FIGURE = 40


@dataclass(frozen=True, slots=True)
class ClaimedLine:
    """A line as invoiced (`quantity` may be "" or no figure), and what of it is disputed or credited already."""

    position: int
    quantity: str
    net_cents: int
    tax_cents: int
    taken_net_cents: int = 0
    taken_tax_cents: int = 0

    @property
    def left_net_cents(self) -> int:
        return max(0, self.net_cents - self.taken_net_cents)

    @property
    def left_tax_cents(self) -> int:
        return max(0, self.tax_cents - self.taken_tax_cents)


@dataclass(frozen=True, slots=True)
class Claim:
    """How much of a line is disputed. `claimed` is the figure the customer gave, `quantity` what is disputed of it."""

    position: int
    reason: Reason
    claimed: str
    quantity: str
    net_cents: int
    tax_cents: int


def asked(reason: Reason, line: ClaimedLine) -> Asked:
    """What to ask beside the reason: a line without a quantity can only say an amount."""
    wanted = REASONS[reason]
    return "amount" if wanted in ("right", "affected") and counted(line) is None else wanted


def counted(line: ClaimedLine) -> Decimal | None:
    """The quantity as a figure above 0, or None."""
    found = kept_quantity(line.quantity)
    return found if found is not None and found > 0 else None


def check_in_time(*, issued_on: date, days: int, today: date) -> None:
    """Refuse what was invoiced too long ago to dispute it here."""
    if today > issued_on + timedelta(days=days):
        raise Refusal(
            "An invoice can be disputed here for %(days)s days. This one is older: contact us, and we look into it.",
            days=days,
        )


def claim(
    line: ClaimedLine, reason: str, figure: str, *, currency: str, decimal_mark: DecimalMark | None = None
) -> Claim:
    """The claim that a reason and a figure make; refuses, at the field `reason` or `figure`, what the line cannot hold.

    An empty figure means all of the line where that makes sense: none arrived, all are damaged, all of it is wrong.
    """
    known = next((each for each in REASONS if each == reason), None)
    if known is None:
        raise Refusal("Choose what is wrong with this line.", field="reason")
    if line.left_net_cents + line.left_tax_cents == 0:
        raise Refusal("All of this line is disputed or credited already.", field="reason")
    wanted = asked(known, line)
    typed = figure.strip()
    if wanted == "tax":
        return _of_tax(line, known)
    if wanted == "whole":
        return _made(line, known, "", line.quantity, line.net_cents)
    if len(typed) > _LONGEST_FIGURE:
        raise Refusal("That is too long for a figure. Enter a number.", field="figure")
    if wanted == "amount":
        return _of_amount(line, known, typed, currency, decimal_mark)
    if wanted == "price":
        return _of_price(line, known, typed, currency, decimal_mark)
    return _of_quantity(line, known, typed, wanted, decimal_mark)


def _of_quantity(
    line: ClaimedLine, reason: Reason, typed: str, wanted: Asked, decimal_mark: DecimalMark | None
) -> Claim:
    invoiced = counted(line)
    assert invoiced is not None
    given = invoiced if wanted == "affected" else Decimal(0)
    if typed:
        given = _quantity(typed, invoiced, decimal_mark)
    wrong = invoiced - given if wanted == "right" else given
    if wrong <= 0:
        message = "That is all of them, so nothing would be disputed. Enter how many are right."
        if wanted == "affected":
            message = "Enter how many are affected."
        raise Refusal(message, field="figure")
    net_cents = half_up(line.net_cents * Fraction(wrong) / Fraction(invoiced))
    return _made(line, reason, plain_quantity(given), plain_quantity(wrong), net_cents)


def _of_price(line: ClaimedLine, reason: Reason, typed: str, currency: str, decimal_mark: DecimalMark | None) -> Claim:
    if not typed:
        raise Refusal("Enter what one of them should cost.", field="figure")
    price_cents = _cents(typed, currency, decimal_mark)
    quantity = counted(line) or Decimal(1)
    net_cents = line.net_cents - half_up(price_cents * Fraction(quantity))
    if price_cents < 0 or net_cents <= 0:
        raise Refusal("That is not below the price on the invoice. Enter what one should cost.", field="figure")
    return _made(line, reason, typed, "", net_cents)


def _of_amount(line: ClaimedLine, reason: Reason, typed: str, currency: str, decimal_mark: DecimalMark | None) -> Claim:
    if not typed:
        return _made(line, reason, "", "", line.left_net_cents)
    net_cents = _cents(typed, currency, decimal_mark)
    if net_cents <= 0:
        raise Refusal("Enter how much of this line is wrong, before tax.", field="figure")
    if net_cents > line.left_net_cents:
        raise Refusal(
            "%(amount)s of this line can be disputed, before tax. Enter that or less.",
            field="figure",
            amount=words(line.left_net_cents, currency),
        )
    return _made(line, reason, typed, "", net_cents)


def _of_tax(line: ClaimedLine, reason: Reason) -> Claim:
    if line.left_tax_cents == 0:
        raise Refusal("There is no tax on this line. Choose another reason.", field="reason")
    return Claim(line.position, reason, "", "", 0, line.left_tax_cents)


def _made(line: ClaimedLine, reason: Reason, claimed: str, quantity: str, net_cents: int) -> Claim:
    """With its share of the tax, of which the last piece has the rest; never more than is left of the line."""
    if line.left_net_cents == 0:
        raise Refusal("All of this line is disputed or credited already.", field="reason")
    if net_cents <= 0:
        raise Refusal("That comes to nothing. Enter a larger figure.", field="figure")
    if net_cents < line.left_net_cents:
        tax_cents = accumulated_share(line.tax_cents, line.taken_net_cents, net_cents, line.net_cents)
        return Claim(line.position, reason, claimed, quantity, net_cents, min(tax_cents, line.left_tax_cents))
    if net_cents > line.left_net_cents and quantity:
        quantity = _left_quantity(line)
    return Claim(line.position, reason, claimed, quantity, line.left_net_cents, line.left_tax_cents)


def _left_quantity(line: ClaimedLine) -> str:
    """How many the rest of the amount stands for; "" where that is no such figure, and only the amount counts."""
    invoiced = counted(line)
    if invoiced is None:
        return ""
    places = len(plain_quantity(invoiced).partition(".")[2])
    found = Decimal(half_up(Fraction(invoiced) * line.left_net_cents * 10**places / line.net_cents)).scaleb(-places)
    comes_to = half_up(line.net_cents * Fraction(found) / Fraction(invoiced))
    return plain_quantity(found) if comes_to == line.left_net_cents else ""


def _quantity(typed: str, invoiced: Decimal, decimal_mark: DecimalMark | None) -> Decimal:
    found = read_quantity(typed, decimal_mark=decimal_mark)
    if found is None:
        raise Refusal("Enter a number, such as 8 or 2.5.", field="figure")
    if found > invoiced:
        raise Refusal(
            "Only %(count)s were invoiced. Enter that or fewer.", field="figure", count=plain_quantity(invoiced)
        )
    return found


def _cents(typed: str, currency: str, decimal_mark: DecimalMark | None) -> int:
    try:
        return parse_amount(typed, currency, decimal_mark=decimal_mark)
    except Refusal as refusal:
        refusal.field = "figure"
        raise
