"""Sample contexts of the queue of disputes and of the page of one; see samples.py."""

from collections.abc import Mapping

from admin.views.cells import Cell, Fact, Head, Table
from admin.views.things import Tile
from portal.templating import static_url
from tests.templates.access_samples import DESK, PAT
from tests.templates.base import CANARY, money

Context = Mapping[str, object]

ROW = [Cell(f"D-1 {CANARY}", href="/admin/disputes/d_1", sub="INV-1", tick="d_1"), Cell("New", chip="new")]
FIGURES = {"quantity": "10", "amount": money(20000), "tax": money(1600), "total": money(21600)}
PLAIN = {"quantity": "", "amount": money(20000), "tax": "", "total": money(20000)}
LINE: dict[str, object] = {
    "position": 1,
    "description": f"Rope {CANARY}",
    "price": money(2000),
    "reason": "Short delivery",
    "said": f"“8 {CANARY} of 10 arrived”",
    "invoiced": FIGURES,
    "disputed": FIGURES,
    "approved": FIGURES,
    "is_approved": True,
    "is_counted": True,
    "is_of_tax": False,
    "most": "2",
    "most_money": money(4000),
}
TAX = {**LINE, "position": 2, "invoiced": PLAIN, "is_approved": False, "is_counted": False, "is_of_tax": True}
PICTURE = static_url("favicon.svg")
FILE = {"name": f"{CANARY}.jpg", "href": "/admin/x", "thumbnail": PICTURE, "kind": "Picture", "size": "20 KB"}
SAID = {"side": "customer", "who": f"Pat {CANARY}", "when": "Nov 20", "title": "", "body": f"Eight came. {CANARY}"}
EFFECT: dict[str, object] = {
    "title": "What this does",
    "problem": "",
    "rows": [("Customer’s balance", money(2), money(1), True), ("Account credit", money(0), money(0), False)],
    "facts": [f"A credit memo for {money(1)} is written."],
    "letter": {"to": f"{CANARY}@a.example", "subject": f"Decided {CANARY}", "text": f"Hello {CANARY}"},
}
TABLE = Table("Other disputes", [Head("Dispute"), Head("State")], [ROW], "None.")
DISPUTE: dict[str, object] = {
    **DESK,
    "title": f"Dispute D-1 {CANARY}",
    "here": "/admin/disputes/d_1",
    "back": "/admin/disputes",
    "chip": Cell("In review", chip="open"),
    "turn": "Your turn",
    "until": "Answer by Nov 23",
    "late": "3 days late",
    "age": "12 days ago",
    "is_open": True,
    "is_new": True,
    "was_reopened": True,
    "may_act": True,
    "version": 3,
    "people": [PAT],
    "assignee": f"Somebody {CANARY}",
    "assignee_public_id": "",
    "me": "st_1",
    "customer": {"name": CANARY, "href": "/admin/customers/a"},
    "invoice": {"number": CANARY, "href": "/admin/invoices/i"},
    "lines": [LINE, TAX],
    "disputed": money(21600),
    "approved": money(10800),
    "files": [FILE, {**FILE, "thumbnail": "", "kind": "PDF"}],
    "thread": [SAID, {**SAID, "side": "staff", "title": f"Offer {CANARY}", "body": ""}],
    "notes": [{"who": CANARY, "when": "Nov 21", "body": CANARY}],
    "moves": [{"text": f"{CANARY} filed it", "when": "Nov 20"}],
    "customer_facts": [Fact("Balance", money(1))],
    "invoice_facts": [Fact("Terms", CANARY)],
    "related": [TABLE, Table("Same goods", [], [], "None.")],
    "offer_days": 14,
    "next": "d_2",
    "told": f"The dispute is accepted. {CANARY}",
    "conflict": f"This has changed. {CANARY}",
    "form": "decide",
    "errors": [{"field": "approved-1", "text": f"Wrong {CANARY}"}, {"field": "words", "text": "Write why."}],
    "effect": EFFECT,
    "typed": {
        "verdict": "accept_partly", "approved-1": CANARY, "unit-1": "amount", "words": CANARY, "kind": "credit",
        "amount": CANARY, "percent": CANARY, "offer_words": CANARY, "days": "14", "question": CANARY, "note": CANARY,
    },
}  # fmt: skip
OFFERED: dict[str, object] = {
    **DISPUTE,
    "form": "offer",
    "errors": [{"field": "amount", "text": f"Wrong {CANARY}"}],
    "effect": {**EFFECT, "problem": f"Wrong {CANARY}", "letter": None},
    "next": None,
    "late": "",
    "assignee": "",
    "assignee_public_id": "st_1",
    "files": [],
    "thread": [],
}
CLOSED: dict[str, object] = {
    **DISPUTE,
    "turn": "",
    "until": "",
    "late": "",
    "is_open": False,
    "may_act": False,
    "approved": "",
    "notes": [],
    "told": "",
    "conflict": "",
    "errors": [],
    "form": "",
    "effect": None,
}
QUEUE: dict[str, object] = {
    "tiles": [Tile("Open disputes", "5", "2 wait for customers")],
    "sum": money(91900),
    "told": f"3 disputes belong to {CANARY} now.",
    "assign": "/admin/disputes/assign?turn=seller",
    "people": [PAT],
    "me": "st_1",
    "rows": [ROW],
}

DISPUTES: dict[str, dict[str, Context]] = {
    "admin/disputes/show.html": {"open": DISPUTE, "offered": OFFERED, "closed": CLOSED},
}
