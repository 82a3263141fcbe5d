"""Who Harbor Supply Co. sells to and what they bought, dated in days before today so that it always looks alive.

Nobody here exists; every address is under .example. `csv_file` says it all in the portal's own import format.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

POLICIES = {
    "seller_name": "Harbor Supply Co.",
    "seller_address": "12 Custom Wharf\nPortland, ME 04101",
    "seller_email": "billing@harborsupply.example",
    "seller_phone": "(207) 555-0142",
    "time_zone": "America/New_York",
    "minimum_payment_cents": "2500",
}
NET = "net 30"
EARLY = "2/10 net 30"
TAX_PERCENT_TENTHS = 55  # Maine's sales tax


@dataclass(frozen=True, slots=True)
class Line:
    """Prices in cents; a price below 0 makes a credit memo."""

    description: str
    quantity: int
    unit_cents: int


@dataclass(frozen=True, slots=True)
class Bill:
    """`ago` and `paid_ago` in days; `paid_cents` None: paid whole; only who eats the goods pays tax."""

    number: str
    ago: int
    lines: tuple[Line, ...]
    terms: str = NET
    taxed: bool = False
    paid_ago: int | None = None
    paid_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """`emails`: the first is the address on file."""

    number: str
    name: str
    emails: tuple[str, ...]
    bills: tuple[Bill, ...]


# What a picture of the statement shows: late, due tomorrow, and two in time for their discount.
NORTHWIND = Customer(
    "C-1001",
    "Northwind Traders",
    ("ap@northwind.example", "pat.quill@northwind.example"),
    (
        Bill("INV-1988", 120, (Line("Dock box, fiberglass", 4, 61_250),), paid_ago=88),
        Bill("INV-2007", 92, (Line("Polyester rope, 12 mm, 100 m spool", 10, 12_900),), paid_ago=60),
        Bill(
            "INV-2041",
            55,
            (Line("Polyester rope, 12 mm, 100 m spool", 20, 12_900), Line("Anchor chain, 10 mm, per meter", 64, 2_500)),
        ),
        Bill("INV-2058", 29, (Line("Mooring buoy, 18 in", 15, 11_890), Line("Stainless shackle, 1/2 in", 47, 1_100))),
        Bill("INV-2066", 4, (Line("Dock fender, large", 30, 12_500), Line("Dock cleat, 10 in", 50, 1_800)), EARLY),
        Bill("INV-2071", 2, (Line("Life vest, adult", 80, 5_700),), EARLY),
    ),
)
# Part of one invoice was paid; the goods are taxed, the discount is not taken from the tax.
BLUE_FERN = Customer(
    "C-1002",
    "Blue Fern Café",
    ("hello@bluefern.example",),
    (
        Bill("INV-2001", 98, (Line("Napkins, recycled, case", 12, 3_400),), taxed=True, paid_ago=70),
        Bill(
            "INV-2049",
            38,
            (Line("Takeaway cups, 12 oz, case of 1,000", 6, 8_900), Line("Cup lids, case of 1,000", 2, 5_300)),
            taxed=True,
            paid_ago=12,
            paid_cents=30_000,
        ),
        Bill("INV-2069", 4, (Line("Espresso cups, stoneware, set of 6", 11, 3_750),), EARLY, taxed=True),
    ),
)
# Nothing is owed any more.
PINE_AND_TIDE = Customer(
    "C-1003",
    "Pine & Tide Lodge",
    ("office@pineandtide.example",),
    tuple(
        Bill(f"INV-{1900 + month}", 30 * month, (Line("Bath towels, set of 20", month + 2, 18_400),), paid_ago=paid_ago)
        for month, paid_ago in ((6, 149), (5, 122), (4, 91), (3, 64), (2, 33), (1, 6))
    ),
)
# A bank debit for the younger one is under way.
WINDROW = Customer(
    "C-1004",
    "Windrow Boatyard",
    ("accounts@windrow.example",),
    (
        Bill("INV-2052", 33, (Line("Epoxy resin, 5 gal", 24, 25_500),)),
        Bill("INV-2068", 5, (Line("Marine plywood, 12 mm, 4 × 8 ft", 25, 13_600),), EARLY),
    ),
)
# A credit memo waits as account credit.
RIDGELINE = Customer(
    "C-1005",
    "Ridgeline Builders",
    ("bills@ridgeline.example",),
    (
        Bill("INV-2060", 26, (Line("Galvanized deck screws, 25 lb box", 18, 11_000),)),
        Bill("CM-0113", 14, (Line("Returned: three boxes of deck screws, rusted", 1, -33_000),)),
    ),
)
# Many invoices and three people, none of whom sees the others' links.
LANTERN = Customer(
    "C-1006",
    "Lantern Property Group",
    ("ap@lantern.example", "north.side@lantern.example", "south.side@lantern.example"),
    tuple(
        Bill(
            f"LPG-{building:03}",
            72 - building,
            (Line(f"Maintenance supplies, building {building}", 1, 8_500 + building * 3_719 % 40_000),),
            EARLY if building > 55 else NET,
            paid_ago=40 - building if building <= 10 else None,
        )
        for building in range(1, 61)
    ),
)
# Long overdue, and nobody there reads mail.
OLD_QUAY = Customer(
    "C-1007",
    "Old Quay Bakery",
    (),
    (
        Bill("INV-1979", 128, (Line("Flour bins, 50 lb", 6, 7_200),)),
        Bill("INV-2003", 96, (Line("Sheet pans, full size, dozen", 3, 14_400),)),
    ),
)
# Paid by card two days ago.
SALTMARSH = Customer(
    "C-1008",
    "Saltmarsh Kitchens",
    ("chef@saltmarsh.example",),
    (
        Bill("INV-2055", 30, (Line("Stock pot, 60 qt", 4, 21_900),)),
        Bill("INV-2065", 7, (Line("Cutting boards, set of 5", 16, 9_400),), EARLY),
    ),
)
# Paid too much, so that we owe; and a name that breaks what does not escape it.
NORDLYS = Customer(
    "C-1009",
    'Åse & Sons “Nordlys” <Freeport>, "Ltd."',
    ("ase@nordlys.example",),
    (Bill("INV-2044", 47, (Line('Lamp oil, "clear", 5 gal', 3, 6_000),), paid_ago=20, paid_cents=20_000),),
)
# Whatever can become of a payment has become of theirs: see endings.py.
COBALT = Customer(
    "C-1010",
    "Cobalt Charters",
    ("office@cobalt.example",),
    (
        Bill("INV-2053", 32, (Line("Dock lines, 5/8 in, pair", 12, 5_400),)),
        Bill("INV-2057", 28, (Line("Marine battery, group 31", 6, 28_900),)),
        Bill("INV-2062", 8, (Line("Life raft service", 2, 64_000),), EARLY),
        Bill("INV-2070", 6, (Line("Fender covers, navy", 24, 3_150),)),
    ),
)
CUSTOMERS = (NORTHWIND, BLUE_FERN, PINE_AND_TIDE, WINDROW, RIDGELINE, LANTERN, OLD_QUAY, SALTMARSH, NORDLYS, COBALT)

_HEADER = (
    "customer", "customer_number", "email", "number", "issued_on", "terms", "description", "quantity", "unit_price",
    "tax", "currency", "paid_on", "paid_amount",
)  # fmt: skip


def csv_file(today: date, customers: Iterable[Customer] = CUSTOMERS) -> bytes:
    """Their invoices in the portal's own format, one row for each line."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    for customer in customers:
        for place, bill in enumerate(customer.bills):
            # An invoice brings one address; the contacts of a customer come with its first invoices.
            email = customer.emails[place % len(customer.emails)] if customer.emails else ""
            writer.writerows(_rows(customer, bill, email, today))
    return text.getvalue().encode()


def _rows(customer: Customer, bill: Bill, email: str, today: date) -> Iterator[tuple[str, ...]]:
    def day(ago: int | None) -> str:
        return "" if ago is None else (today - timedelta(days=ago)).isoformat()

    for line in bill.lines:
        tax_cents = (line.quantity * line.unit_cents * TAX_PERCENT_TENTHS + 500) // 1000 if bill.taxed else 0
        yield (
            customer.name,
            customer.number,
            email,
            bill.number,
            day(bill.ago),
            bill.terms,
            line.description,
            str(line.quantity),
            _dollars(line.unit_cents),
            _dollars(tax_cents),
            "USD",
            day(bill.paid_ago),
            "" if bill.paid_cents is None else _dollars(bill.paid_cents),
        )


def _dollars(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"
