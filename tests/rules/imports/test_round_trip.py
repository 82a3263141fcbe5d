"""Whatever is written in our own format is read back to the same figures; the rest is refused."""

import csv
import io
from contextlib import suppress
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.rules.money import plain
from portal.rules.refusals import Refusal
from tests.rules.imports.reading import TODAY, invoices, read

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=30
)
DAYS = st.dates(date(1990, 1, 1), TODAY)
LINES = st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**8)), min_size=1, max_size=4)


@given(
    st.lists(st.tuples(NAMES, NAMES, DAYS, LINES, st.none() | DAYS), min_size=1, max_size=6, unique_by=lambda i: i[0]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_own_format(
    written: list[tuple[str, str, date, list[tuple[int, int]], date | None]], delimiter: str, encoding: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["number", "customer", "issued_on", "amount", "tax", "paid_on"])
    for number, customer, issued_on, lines, paid_on in written:
        for net, tax in lines:
            writer.writerow([number, customer, issued_on, plain(net, "usd"), plain(tax, "usd"), paid_on or ""])
    found = invoices(out.getvalue().encode(encoding))
    assert [
        (
            each.number,
            each.customer_name,
            each.issued_on,
            [(x.amount_cents, x.tax_cents) for x in each.lines],
            each.paid_on,
        )
        for each in found
    ] == written
    assert all(each.amount_cents == sum(x.amount_cents + x.tax_cents for x in each.lines) for each in found)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_crash_it(data: bytes) -> None:
    for prefix in (b"", b"customer,number,issued_on,amount,paid_on\n"):
        with suppress(Refusal):
            read(prefix + data)


@given(st.lists(st.lists(st.text(max_size=12), min_size=5, max_size=5), min_size=1, max_size=5))
def test_no_cells_crash_it(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["customer", "number", "issued_on", "quantity", "unit_price"], *rows])
    with suppress(Refusal):
        read(out.getvalue().encode("utf-8", "replace"))
