"""One believable context, or several, for every template: {template: {variant: context}}.

Used by the test that renders all of them and by the gallery to look at.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from portal.rules.statement import Status
from portal.templating import (
    OpenRow,
    format_date,
    format_day,
    format_list,
    relative_due,
)
from tests.templates.access_samples import ACCESS
from tests.templates.admin_samples import ADMIN
from tests.templates.base import CANARY, LAYOUT, LOCALE, TODAY, money, parts
from tests.templates.claim_samples import CLAIMS
from tests.templates.collection_samples import COLLECTIONS
from tests.templates.method_samples import METHODS
from tests.templates.paper_samples import PDFS
from tests.templates.payment_samples import PAGES
from tests.templates.plan_method_samples import PLAN_METHODS
from tests.templates.plan_samples import PLANS
from tests.templates.step_up_samples import STEP_UP
from tests.templates.walk_samples import ASKED, LINKS, MATTERS, NO_MATTERS, PAPER_WALK, WALKS

Context = Mapping[str, object]


def row(
    number: str,
    issued: date,
    due: date,
    status: Status,
    balance: int,
    *,
    discount: int = 0,
    until: date | None = None,
    payable: int | None = None,
    note: str = "",
    checked: bool = False,
) -> OpenRow:
    payable = balance if payable is None else payable
    return OpenRow(
        charge=f"ch_{number}" if payable else "",
        number=number,
        href=f"/a/acc_7Q2/invoices/ch_{number}",
        issued=format_day(issued, LOCALE, TODAY),
        due=format_day(due, LOCALE, TODAY),
        relative=relative_due(due, TODAY, LOCALE),
        status=status,
        discount=money(-discount) if discount else "",
        discount_until=format_day(until, LOCALE, TODAY) if until else "",
        balance=money(balance),
        note=note,
        payable_cents=payable,
        discount_cents=discount,
        checked=checked,
    )


def statement_rows() -> list[OpenRow]:
    return [
        row("INV-2041", date(2026, 9, 28), date(2026, 10, 28), Status.OVERDUE, 418000, checked=True),
        row("INV-2058", date(2026, 10, 24), date(2026, 11, 23), Status.DUE_SOON, 230050, checked=True),
        row(
            "INV-2066",
            date(2026, 11, 12),
            date(2026, 12, 12),
            Status.OPEN,
            465000,
            discount=9300,
            until=date(2026, 11, 28),
            checked=True,
        ),
        row(
            "INV-2071",
            date(2026, 11, 18),
            date(2026, 12, 18),
            Status.OPEN,
            456000,
            discount=9120,
            until=date(2026, 11, 28),
        ),
    ]


def every_kind_of_row() -> list[OpenRow]:
    return [
        row("INV-1988", date(2025, 12, 3), date(2026, 1, 2), Status.OVERDUE, 64000, checked=True),
        *statement_rows(),
        row(
            "INV-2073",
            date(2026, 11, 1),
            date(2026, 12, 1),
            Status.PENDING,
            98160,
            payable=0,
            note=f"{money(98160)} on its way",
        ),
        row(
            f"INV-{CANARY}",
            date(2026, 11, 2),
            date(2026, 12, 2),
            Status.OPEN,
            100000,
            payable=78400,
            note=f"{money(78400)} to pay now, {money(21600)} disputed",
        ),
        row(
            "INV-2080",
            date(2026, 10, 2),
            date(2026, 11, 1),
            Status.ON_PLAN,
            50000,
            payable=0,
        ),
        row("Late fee November 10", date(2026, 11, 10), date(2026, 11, 10), Status.OVERDUE, 1500),
    ]


STATEMENT: dict[str, object] = {
    **LAYOUT,
    **NO_MATTERS,
    "as_of": format_date(TODAY, LOCALE),
    "balance_cents": 1569050,
    "balance": money(1569050),
    "overdue": money(418000),
    "due_soon": money(230050),
    "due_soon_days": 1,
    "parts": parts(payable=1569050),
    "offers": [
        {
            "invoices": format_list(["INV-2066", "INV-2071"], LOCALE),
            "until": "November 28",
            "saving": money(18420),
            "percent": "2%",
        }
    ],
    "rows": statement_rows(),
    "chosen": {
        "count": 3,
        "balance": money(1113050),
        "discount": money(-9300),
        "total": money(1103750),
    },
    "errors": [],
    "amount_value": "",
    "amount_hint": "",
    "currency": "USD",
    "digits": 2,
    "links": {
        "pay": "/a/acc_7Q2/pay",
        "pdf": "/a/acc_7Q2/statement.pdf",
        "csv": "/a/acc_7Q2/statement.csv",
        "history": "/a/acc_7Q2/payments",
        **LINKS,
    },
}


def long_statement(count: int) -> dict[str, object]:
    return {
        **STATEMENT,
        "rows": [
            row(
                f"INV-{number}",
                TODAY - timedelta(days=number % 90),
                TODAY + timedelta(days=number % 60 - 30),
                Status.OVERDUE if number % 60 < 30 else Status.OPEN,
                10000 + number * 37,
            )
            for number in range(count)
        ],
        "chosen": {"count": 0, "balance": money(0), "discount": "", "total": money(0)},
    }


STATEMENTS: dict[str, Context] = {
    "usual": STATEMENT,
    "parts": {
        **STATEMENT,
        **MATTERS,
        "account": {"name": f"Northwind Traders of New England {CANARY}", "href": "/a/acc_7Q2"},
        "rows": every_kind_of_row(),
        "balance_cents": 1881870,
        "balance": money(1881870),
        "overdue": money(483500),
        "parts": {**parts(payable=1712950, pending=98160, disputed=21600, on_plan=50000), "credit": money(-840)},
        "amount_hint": "The smallest payment is $50.00.",
    },
    "refused": {
        **STATEMENT,
        "errors": [{"field": "amount", "text": "Enter an amount of at least $50.00."}],
        "amount_value": "12 dollars",
        "amount_hint": "The smallest payment is $50.00.",
    },
    "asked": {
        **STATEMENT,
        **ASKED,
        "balance_cents": 1568210,
        "balance": money(1568210),
        "parts": {**parts(payable=1569050), "credit": money(-840)},
    },
    "nothing": {
        **STATEMENT,
        "balance_cents": 0,
        "balance": money(0),
        "overdue": "",
        "due_soon": "",
        "parts": parts(),
        "offers": [],
        "rows": [],
        "chosen": {"count": 0, "balance": money(0), "discount": "", "total": money(0)},
    },
}

SAMPLES: dict[str, dict[str, Context]] = {
    "statements/show.html": STATEMENTS,
    **PAGES,
    **CLAIMS,
    **PDFS,
    "pdf/statement.html": {name: {**paper, "walk": PAPER_WALK} for name, paper in PDFS["pdf/statement.html"].items()},
    **WALKS,
    **STEP_UP,
    **METHODS,
    **COLLECTIONS,
    **PLANS,
    **PLAN_METHODS,
    **ACCESS,
    **ADMIN,
}
