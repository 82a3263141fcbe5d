"""Sample contexts of how a plan is paid, and of the list of plans; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, LAYOUT, money
from tests.templates.plan_samples import BASE, CHARGING, HERE

Context = Mapping[str, object]

PLAN_METHODS: dict[str, dict[str, Context]] = {
    "plans/method.html": {
        "usual": {
            **LAYOUT,
            "number": "P-00001",
            "saved": [
                {"id": "m1", "name": "Visa •••• 4242", "is_used": True, "consent": ["I agree that it is charged."]},
                {
                    "id": "m2",
                    "name": f"First Bank {CANARY} •••• 6789",
                    "is_used": False,
                    "consent": ["I authorize debits of it."],
                },
            ],
            "new": [
                {"value": "ach", "consent": ["I authorize debits of my bank account."]},
                {"value": "card", "consent": ["I let my card be charged."]},
            ],
            "charging": CHARGING,
            "shown": "shown-1",
            "errors": [],
            "links": {"plan": HERE, "action": f"{HERE}/method"},
        },
        "refused": {
            **LAYOUT,
            "number": "P-00001",
            "saved": [],
            "new": [{"value": "card", "consent": ["I let my card be charged."]}],
            "charging": CHARGING,
            "shown": "shown-1",
            "errors": [{"field": "means", "text": "Choose how you want to pay."}],
            "links": {"plan": HERE, "action": f"{HERE}/method"},
        },
    },
    "plans/list.html": {
        "usual": {
            **LAYOUT,
            "plans": [
                {
                    "number": f"P-00002 {CANARY}",
                    "href": HERE,
                    "state": {"name": "In progress", "class": "on_plan"},
                    "amount": money(100000),
                    "next": f"Next: {money(20000)} on Jan 22, 2027",
                },
                {
                    "number": "P-00001",
                    "href": HERE,
                    "state": {"name": "Paid off", "class": "paid"},
                    "amount": money(50000),
                    "next": "",
                },
            ],
            "links": {"statement": BASE, "new": f"{BASE}/plans/new"},
        },
        "none": {**LAYOUT, "plans": [], "links": {"statement": BASE, "new": f"{BASE}/plans/new"}},
    },
}
