"""Sample contexts of the page of a payment plan and of the form that offers one; see samples.py."""

from collections.abc import Mapping

from admin.views.cells import Cell, Fact, Head, Link, Table
from admin.views.things import Option, Tile
from tests.templates.access_samples import DESK
from tests.templates.base import CANARY, money

Context = Mapping[str, object]

PAYMENTS = Table(
    "Payments",
    [
        Head("Payment"),
        Head("Due"),
        Head("Amount", True),
        Head("Paid", True),
        Head("Under way", True),
        Head("Disputed", True),
        Head("To pay", True),
        Head("State"),
    ],
    [
        [Cell("First amount"), Cell("Nov 2"), Cell(money(20000)), Cell(money(20000)), Cell("–"), Cell("–"), Cell("–"),
         Cell("Paid", chip="paid")],
        [Cell("1 of 2"), Cell("Nov 16", sub="was Nov 12"), Cell(money(40000), sub=f"agreed {money(45000)}"), Cell("–"),
         Cell(money(10000)), Cell(money(5000)), Cell(money(25000)), Cell("Late", chip="overdue", sub="4 days late")],
        [Cell("2 of 2"), Cell("Dec 12"), Cell(money(40000)), Cell("–"), Cell("–"), Cell("–"), Cell(money(40000)),
         Cell("To come", chip="open")],
    ],
)  # fmt: skip
DUES = Table(
    "First amount, then 2 payments",
    [Head("Payment"), Head("Date"), Head("Amount", True)],
    [
        [Cell("First amount"), Cell("When it is accepted"), Cell(money(20000))],
        [Cell("1 of 2"), Cell("Dec 12, 2026"), Cell(money(40000))],
        [Cell("2 of 2"), Cell("Jan 12, 2027"), Cell(money(40000))],
    ],
)
COVERED = Table(
    "On the plan",
    [Head("Invoice"), Head("Due before"), Head("On the plan", True), Head("Left", True)],
    [[Cell(f"INV-1 {CANARY}", href="/admin/invoices/i"), Cell("Oct 1"), Cell(money(100000)), Cell(money(65000))]],
)
OPTION: dict[str, object] = {
    "title": "As asked",
    "words": f"First amount {money(20000)}, then 2 payments, every month from Dec 12",
    "table": DUES,
    "outside": ["At most 4 payments.", "All of it paid within 120 days."],
    "is_credit": True,
}
TRY = {
    "text": f"{money(40000)}. There was not enough money for it. (insufficient_funds)",
    "chip": "failed",
    "chip_text": "Refused",
    "when": "Nov 16, 9:00 AM",
}
CHARGE: dict[str, object] = {
    "title": "1 of 2",
    "chip": "open",
    "chip_text": "Waits",
    "words": f"{money(40000)} from Visa •••• 4242, announced Nov 14. It is charged on Nov 23.",
    "tries": [TRY, {**TRY, "chip": "pending", "chip_text": "At the bank", "text": CANARY}],
}
ACTIVE: dict[str, object] = {
    **DESK,
    "title": f"Plan P-1 {CANARY}",
    "here": "/admin/plans/p_1",
    "back": "/admin/plans",
    "chip": Cell("Late", chip="overdue", sub="since Nov 16, until Nov 26 to make up for it"),
    "state": "active",
    "customer": {"name": CANARY, "href": "/admin/customers/a"},
    "is_business": False,
    "version": 3,
    "seen": 2,
    "about": f"{money(100000)} on 1 invoice",
    "may_act": True,
    "until": "December 4, 2026",
    "tiles": [Tile("On the plan", money(100000), "2 invoices"), Tile("Left", money(65000), "Under way included")],
    "facts": [Fact("Made", f"Nov 2, by {CANARY}"), Fact("In place of", "P-0", href="/admin/plans/p_0")],
    "asked": f"Our harvest is late. {CANARY}",
    "schedule": PAYMENTS,
    "options": [],
    "covered": COVERED,
    "collecting": [CHARGE, {**CHARGE, "title": "2 of 2", "tries": []}],
    "moves": [
        {"text": f"{CANARY} asked for it", "said": f"Please {CANARY}", "when": "Nov 2, 9:00 AM"},
        {"text": f"{CANARY} offered it", "said": "", "when": "Nov 3, 9:00 AM"},
    ],
    "agreement": {
        "facts": [Fact("Name typed", CANARY), Fact("From", "203.0.113.7"), Fact("Browser", f"Firefox {CANARY}")],
        "consents": [f"I agree to pay {CANARY} by this plan."],
        "hash": "a" * 64,
        "href": "/admin/plans/p_1/agreement.pdf",
    },
    "conflict": f"This plan has changed. {CANARY}",
    "form": "delay",
    "errors": [{"field": "days", "text": f"Wrong {CANARY}"}],
    "typed": {"words": CANARY, "days": CANARY, "despite_credit": ""},
}
QUIET: dict[str, object] = {
    "conflict": "",
    "form": "",
    "errors": [],
    "typed": {"words": "", "days": "", "despite_credit": ""},
}
REQUESTED: dict[str, object] = {
    **ACTIVE,
    **QUIET,
    "chip": Cell("Asked for", chip="new"),
    "state": "requested",
    "schedule": None,
    "options": [OPTION, {**OPTION, "title": "Option 2", "outside": [], "is_credit": False}],
    "collecting": [],
    "agreement": None,
    "form": "grant",
    "errors": [{"field": "despite_credit", "text": f"Confirm {CANARY}"}, {"field": "grant", "text": "Not so."}],
    "typed": {"words": "", "days": "", "despite_credit": "yes"},
}
WRITTEN: dict[str, object] = {
    **{f"{name}-{place}": "" for place in (1, 2, 3) for name in ("down", "count", "first_on")},
    **{f"every-{place}": "month" for place in (1, 2, 3)},
    "down-1": CANARY, "count-1": "2", "first_on-1": "2026-12-12", "count-2": "9", "expires_on": "2026-12-04",
    "words": CANARY, "contact": "", "despite_credit": "",
}  # fmt: skip
PREVIEW: dict[str, object] = {
    "total": money(100000),
    "options": [
        {**OPTION, "title": "Option 1", "problem": ""},
        {**OPTION, "title": "Option 2", "problem": f"Wrong {CANARY}", "table": None},
    ],
}
OFFER: dict[str, object] = {
    **DESK,
    "title": f"Offer {CANARY} a plan",
    "back": Link(CANARY, "/admin/customers/a"),
    "action": "/admin/customers/a/plan",
    "customer": CANARY,
    "asked": "",
    "is_replacement": False,
    "charges": [Option("ch_1", f"INV-1 {CANARY}, due Oct 1", money(100000), True)],
    "contacts": [Option("1", f"Pat {CANARY}", "", True), Option("2", "ap@a.example")],
    "has_contacts": True,
    "numbers": (1, 2, 3),
    "rhythms": (("week", "Every week"), ("fortnight", "Every two weeks"), ("month", "Every month")),
    "is_business": False,
    "kind": "unknown",
    "kind_href": "/admin/customers/a/kind",
    "preview": PREVIEW,
    "typed": WRITTEN,
    "version": 0,
    "seen": 0,
    "newest": "",
    "waiting": None,
    "errors": [],
    "conflict": None,
}
PLANS: dict[str, dict[str, Context]] = {
    "admin/plans/show.html": {
        "kept, late, wrong days": ACTIVE,
        "asked for": REQUESTED,
        "offered": {**REQUESTED, **QUIET, "state": "offered", "chip": Cell("Offered", chip="pending"), "asked": ""},
        "paused": {**ACTIVE, **QUIET, "state": "paused", "chip": Cell("Paused", chip="due_soon")},
        "over, with what was written": {
            **ACTIVE, **QUIET, "state": "cancelled", "chip": Cell("Cancelled", chip="closed"), "collecting": [],
            "typed": {"words": CANARY, "days": "", "despite_credit": ""}, "conflict": f"It has changed. {CANARY}",
        },
    },
    "admin/plans/offer.html": {
        "new": OFFER,
        "wrong": {
            **OFFER,
            "errors": [
                {"field": "charge", "text": "Choose at least one invoice."},
                *({"field": f"{name}-1", "text": f"Wrong {CANARY}"} for name in ("down", "count", "every", "first_on")),
                {"field": "despite_credit", "text": "Confirm it."},
                {"field": "expires_on", "text": "Enter a day."},
            ],
            "preview": {"total": "", "options": []},
            "kind": "consumer",
            "has_contacts": False,
            "contacts": [],
        },
        "an answer": {
            **OFFER,
            "waiting": Link(f"P-9 {CANARY}", "/admin/plans/p"),
            "asked": f"Our harvest is late. {CANARY}", "is_business": True,
            "contacts": [],
        },
        "in place of another, too late": {
            **OFFER, "is_replacement": True, "conflict": {"text": f"Made already {CANARY}", "href": "/admin/plans/p"},
        },
    },
}  # fmt: skip
