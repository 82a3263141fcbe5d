"""The lines of one invoice: their amounts, or quantity times unit price, and their tax."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from portal.rules.imports.cells import Cells, plain_decimal
from portal.rules.imports.tables import Row
from portal.rules.imports.values import ImportedLine
from portal.rules.money import exponent, half_up, words


def read_lines(rows: Sequence[Row], cells: Cells, currency: str) -> list[ImportedLine]:
    """One line per row; a row that cannot be read is a problem in the findings and left out."""
    found = (_line(row, cells, currency) for row in rows)
    return [line for line in found if line is not None]


def _line(row: Row, cells: Cells, currency: str) -> ImportedLine | None:
    before = len(cells.findings.problems)
    amount = cells.amount(row, "amount", currency)
    quantity = cells.decimal(row, "quantity")
    unit_price = cells.decimal(row, "unit_price")
    tax = cells.amount(row, "tax", currency)
    product = _product(row, cells, currency, quantity, unit_price)
    if len(cells.findings.problems) == before:
        if amount is None and product is None:
            _say_missing(row, cells, quantity, unit_price)
        elif amount is not None and product is not None and amount != product:
            cells.problem(
                row,
                "amount",
                f"{words(amount, currency)} is not quantity times unit price, {words(product, currency)}.",
            )
    description = cells.text(row, "description")
    total = amount if amount is not None else product
    if total is None or len(cells.findings.problems) > before:
        return None
    return ImportedLine(
        description, plain_decimal(quantity), plain_decimal(unit_price), total, tax if tax is not None else 0
    )


def _product(row: Row, cells: Cells, currency: str, quantity: Decimal | None, unit_price: Decimal | None) -> int | None:
    """Quantity times unit price, less the discount in percent, in minor units: rounded once, half away from zero."""
    discount = cells.decimal(row, "discount")
    if discount is not None and not 0 <= discount <= 100:
        cells.problem(row, "discount", "is not a percentage between 0 and 100.")
        return None
    if quantity is None or unit_price is None:
        return None
    unit: int = 10 ** exponent(currency)
    exact = Fraction(quantity) * Fraction(unit_price) * unit
    return half_up(exact * (1 - Fraction(discount or 0) / 100))


def _say_missing(row: Row, cells: Cells, quantity: Decimal | None, unit_price: Decimal | None) -> None:
    if unit_price is not None and quantity is None:
        cells.problem(row, "quantity", "is missing. Give the quantity, or an amount.")
    elif quantity is not None and "unit_price" in cells.layout.columns:
        cells.problem(row, "unit_price", "is missing. Give the unit price, or an amount.")
    else:
        name = "amount" if "amount" in cells.layout.columns else "unit_price"
        cells.problem(row, name, "is missing. Give an amount, or a quantity and a unit price.")
