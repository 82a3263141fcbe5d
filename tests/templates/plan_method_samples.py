"""Sample contexts of how a plan is paid, and of the list of plans; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, LAYOUT, money
from tests.templates.plan_samples import BASE, CHARGING, HERE

Context = Mapping[str, object]

METHOD: dict[str, object] = {
    **LAYOUT,
    "number": "P-00001",
    "saved": [
        {"id": "m1", "name": "Visa •••• 4242", "is_used": True, "consent": ["I agree that it is charged."]},
        {"id": "m2", "name": f"Bank {CANARY} •••• 6789", "is_used": False, "consent": ["I authorize debits of it."]},
    ],
    "new": [
        {"value": "ach", "consent": ["I authorize debits of my bank account."]},
        {"value": "card", "consent": ["I let my card be charged."]},
    ],
    "charging": CHARGING,
    "soon": f"Nothing is charged today. {CANARY} is charged on Nov 24, 2026 at the earliest.",
    "shown": "shown-1",
    "errors": [],
    "links": {"plan": HERE, "action": f"{HERE}/method"},
}
LISTED: dict[str, object] = {
    "number": f"P-00002 {CANARY}",
    "href": HERE,
    "state": {"name": "In progress", "class": "on_plan"},
    "amount": money(100000),
    "next": f"{money(20000)} on Jan 22, 2027",
}

PLAN_METHODS: dict[str, dict[str, Context]] = {
    "plans/method.html": {
        "usual": METHOD,
        "refused": {
            **METHOD,
            "saved": [],
            "soon": "",
            "errors": [{"field": "means", "text": "Choose how you want to pay."}],
        },
    },
    "plans/list.html": {
        "usual": {
            **LAYOUT,
            "plans": [
                LISTED,
                {**LISTED, "number": "P-00001", "state": {"name": "Paid off", "class": "paid"}, "next": ""},
            ],
            "links": {"statement": BASE, "new": f"{BASE}/plans/new"},
        },
        "none": {**LAYOUT, "plans": [], "links": {"statement": BASE, "new": ""}},
    },
}
