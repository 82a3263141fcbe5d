"""Sample contexts of the admin's lists, pages and forms; see samples.py."""

from collections.abc import Mapping

from admin.views.cells import Cell, Fact, Head, Link, Table
from tests.templates.access_samples import DESK
from tests.templates.admin_dispute_samples import DISPUTES, QUEUE
from tests.templates.admin_plan_samples import PLANS
from tests.templates.base import CANARY, money

Context = Mapping[str, object]

COLUMNS: list[dict[str, object]] = [
    {"title": "Number", "is_number": False, "href": "/admin/invoices?sort=number", "sorted": ""},
    {"title": "Status", "is_number": False, "href": "", "sorted": ""},
    {"title": "Open", "is_number": True, "href": "/admin/invoices?sort=open", "sorted": "descending"},
    {"title": "", "is_number": False, "href": "", "sorted": ""},
]
ROWS = [
    [
        Cell(f"INV-{CANARY}", href="/admin/invoices/ch_1", sub="Debit note"),
        Cell("Overdue", chip="overdue"),
        Cell(money(230050), sub=f"{money(100)} disputed"),
        Cell("Mark as done", act="/admin/notices/n_1/end", about=CANARY),
    ],
    [Cell("INV-2", href="/admin/invoices/ch_2"), Cell("Paid", chip="paid"), Cell("–"), Cell("")],
]
FILTERS: list[dict[str, object]] = [
    {"key": "status", "label": "Status", "value": "paid", "options": [("", "All"), ("paid", "Paid")]},
    {"key": "from", "label": "Issued from", "value": "2026-11-01", "options": None},
]
LIST: dict[str, object] = {
    **DESK,
    "title": "Invoices",
    "intro": "What customers owe.",
    "links": [Link("Record a payment", "/admin/payments/new")],
    "notes": ["“Issued from” is not a day such as 2026-03-31, and is left out."],
    "action": "/admin/invoices",
    "search": {"value": f"rope {CANARY}", "hint": "Number, customer or memo"},
    "filters": FILTERS,
    "kept": {"sort": "-open", "customer": ""},
    "is_filtered": True,
    "columns": COLUMNS,
    "rows": ROWS,
    "count": "51 to 52 of 120 invoices",
    "page": "Page 2 of 3",
    "empty": "",
    "previous": "/admin/invoices?page=1",
    "next": "/admin/invoices?page=3",
    "export": "/admin/invoices/export",
}
BARE: dict[str, object] = {
    **LIST,
    "intro": "",
    "links": [],
    "notes": [],
    "search": None,
    "filters": [],
    "is_filtered": False,
    "rows": [],
    "count": "No invoices",
    "empty": "There are no invoices yet.",
    "previous": "",
    "next": "",
    "export": "",
}
EXPORT: dict[str, object] = {
    **DESK,
    "title": "Export 120 invoices",
    "notes": ["There is no such choice of “Status”: all are shown."],
    "action": "/admin/invoices/export?search=rope",
    "back": "/admin/invoices",
    "back_text": "Invoices",
}
TASK: dict[str, object] = {
    "count": 12,
    "title": "Disputes wait for you",
    "about": "Their customers wait for an answer.",
    "href": "/admin/disputes",
    "go": "Answer them",
}
OVERVIEW: dict[str, object] = {**DESK, "today": "November 22, 2026", "tasks": [TASK]}
TABLE = Table("Invoices", [Head("Number"), Head("Status"), Head("Open", is_number=True), Head("")], ROWS, "None.")
FACTS = [
    Fact("Terms", "2/10 net 30"),
    Fact("Customer", CANARY, href="/admin/customers/a"),
    Fact("State", "Live", chip="good"),
]
THING: dict[str, object] = {
    **DESK,
    "title": f"Northwind {CANARY}",
    "chip": "overdue",
    "chip_text": "Overdue",
    "intro": "Since 2024",
    "back": Link("Customers", "/admin/customers"),
    "links": [Link("Record a payment", "/admin/payments/new"), Link("Send a link", "/admin/customers/a/links")],
    "notices": [{"kind": "warn", "text": f"Look {CANARY}", "href": "/admin", "go": "Here"}],
    "tiles": [{"name": "Open", "text": money(1), "sub": "of 3"}, {"name": "Credit", "text": money(2), "sub": ""}],
    "facts": FACTS,
    "sections": [
        {
            "title": "Invoices",
            "links": [Link("All", "/admin/invoices")],
            "words": "",
            "facts": [],
            "table": TABLE,
            "code": "",
        },
        {
            "title": "None",
            "links": [],
            "words": "Words.",
            "facts": FACTS,
            "table": Table("N", [], [], "None."),
            "code": "{}",
        },
    ],
}
OPTIONS = [
    {"value": "a", "text": f"A {CANARY}", "sub": money(1), "checked": True},
    {"value": "b", "text": "B", "sub": "", "checked": False},
]


def field(kind: str, *, hint: str = "", value: str = "") -> dict[str, object]:
    name = f"a_{kind}"
    return {"kind": kind, "name": name, "label": f"Label {kind}", "hint": hint, "value": value, "options": OPTIONS}


KINDS = ("line", "amount", "day", "words", "choice", "select", "check", "checks", "hidden")
FORM: dict[str, object] = {
    **DESK,
    "title": "Give money back",
    "intro": "It goes back.",
    "button": "Give $1.00 back",
    "back": Link("R-00001", "/admin/payments/p_1"),
    "action": "/admin/payments/p_1/refund",
    "warnings": [f"Careful {CANARY}"],
    "facts": [Fact("Left", money(1))],
    "errors": [],
    "error_link": None,
    "fields": [field(kind, hint="Such as this.", value=CANARY if kind in ("line", "words") else "") for kind in KINDS],
}
WRONG: dict[str, object] = {
    **FORM,
    "errors": [{"field": f"a_{kind}", "text": f"Wrong {CANARY}"} for kind in KINDS if kind != "hidden"],
    "error_link": Link("Look at R-00001", "/admin/payments/p_1"),
}

ADMIN: dict[str, dict[str, Context]] = {
    "admin/overview.html": {"busy": OVERVIEW, "calm": {**OVERVIEW, "tasks": []}},
    "admin/lists/show.html": {"usual": LIST, "empty": BARE},
    "admin/lists/export.html": {"one": EXPORT},
    "admin/things/show.html": {
        "usual": THING,
        "bare": {**THING, "chip": "", "links": [], "notices": [], "tiles": [], "facts": []},
    },
    **DISPUTES,
    **PLANS,
    "admin/disputes/queue.html": {"some": {**LIST, **QUEUE}, "none": {**BARE, **QUEUE, "told": "", "people": []}},
    "admin/things/form.html": {"first": FORM, "wrong": WRONG},
}
