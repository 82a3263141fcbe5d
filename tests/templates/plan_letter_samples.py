"""Sample contexts of letters about payment plans, to the customer and to the seller; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, SELLER, money
from tests.templates.letter_samples import LETTER

Context = Mapping[str, object]


def date(day: str, cents: int, **parts: int) -> dict[str, object]:
    shown = {name: money(parts[name]) if name in parts else "" for name in ("paid", "pending", "frozen")}
    return {"date": day, "amount": money(cents), "is_paid": parts.get("paid") == cents, **shown}


DATES = [
    date("November 12, 2026", 33334, paid=33334),
    date("December 12, 2026", 33333, paid=10000, pending=10000),
    date("January 12, 2027", 33333, frozen=20000),
]
PLAN: dict[str, object] = {
    **LETTER,
    "number": "P-00012",
    "total": money(100000),
    "dates": DATES,
    "left": money(56666),
}
ROWS = [
    {"name": "First amount", "date": "Nov 22, 2026", "amount": money(25000)},
    {"name": "Payment 1 of 2", "date": "Dec 22, 2026", "amount": money(37500)},
    {"name": "Payment 2 of 2", "date": "Jan 22, 2027", "amount": money(37500)},
]
OFFER: dict[str, object] = {
    **PLAN,
    "options": [{"title": "2 payments, every month", "rows": ROWS}],
    "now": money(98000),
    "saving": money(2000),
    "saving_until": "November 28, 2026",
    "offer_words": [f"As we said on the phone. {CANARY}", "Choose what suits you."],
    "open_until": "December 6, 2026",
    "replaces": "",
}
ACCEPTED: dict[str, object] = {
    **PLAN,
    "next": f"Your next payment is {money(33333)} on December 12, 2026.",
    "invoices": f"INV-2041 and INV-2066 {CANARY}",
    "method": "",
    "grace": "5 days",
    "cure": "10 days",
    "replaces": "",
    "attached": True,
}
DUE_AGAIN: dict[str, object] = {
    "open": [
        {"number": "INV-2041", "amount": money(41666)},
        {"number": f"INV-2066 {CANARY}", "amount": money(15000)},
    ],
    "payable": money(41666),
    "held": money(15000),
}
NOTHING_DUE: dict[str, object] = {"open": [], "payable": "", "held": "", "left": money(0)}
COMPLETED: dict[str, object] = {
    **PLAN,
    "payments": [
        {"date": "November 12, 2026", "amount": money(33334)},
        {"date": "December 11, 2026", "amount": money(66666)},
    ],
    "paid": money(100000),
    "otherwise": "",
    "remainder": "",
}
CHANGED: dict[str, object] = {
    **PLAN,
    "title": "Your payment plan P-00012 is paused",
    "said": "Your plan is paused since November 22, 2026.",
    "reason": [f"Get well soon. {CANARY}"],
    "over": False,
    "next": "",
}
LATE: dict[str, object] = {
    **PLAN,
    "late": [
        {"date": "November 12, 2026", "amount": money(33334)},
        {"date": "November 19, 2026", "amount": money(100)},
    ],
    "since": "November 12, 2026",
    "asked": money(33434),
    "cure_by": "December 2, 2026",
}
TO_SELLER: dict[str, object] = {
    "seller": SELLER,
    "customer": f"Northwind Traders {CANARY}",
    "title": "A payment plan is asked for: P-00012",
    "said": "A customer asks for a payment plan. It is your turn: offer one, or say no.",
    "words": [f"The season starts late this year. {CANARY}"],
    "facts": [
        {"name": "Customer", "value": f"Northwind Traders {CANARY}"},
        {"name": "The plan", "value": money(100000)},
        {"name": "Then", "value": "6 payments, every month"},
    ],
    "waiting": [],
    "more": "",
    "button": "Open the plan",
    "href": "https://pay.harborsupply.example/admin/plans/pln_4Kx",
}
PLANS: dict[str, dict[str, Context]] = {
    "plan_offer": {
        "usual": OFFER,
        "choices": {
            **OFFER,
            "options": [
                {"title": "2 payments, every month", "rows": ROWS},
                {"title": "1 payment", "rows": ROWS[:1]},
            ],
            "saving": "",
            "saving_until": "",
            "now": money(100000),
            "offer_words": [],
            "replaces": "P-00007",
        },
    },
    "plan_accepted": {
        "by hand": ACCEPTED,
        "automatic": {
            **ACCEPTED,
            "method": f"Visa •••• 4242 {CANARY}",
            "replaces": "P-00007",
            "attached": False,
            "name": "Maria",
        },
    },
    "plan_declined": {"usual": {**PLAN, "reason": [f"Six months are too long for us. {CANARY}", "Call us."]}},
    "plan_late": {"usual": LATE},
    "plan_cured": {"usual": {**PLAN, "next": f"Your next payment is {money(33333)} on December 12, 2026."}},
    "plan_defaulted": {"usual": {**PLAN, **DUE_AGAIN}, "paid since": {**PLAN, **NOTHING_DUE}},
    "plan_completed": {
        "usual": COMPLETED,
        "credited": {
            **COMPLETED,
            "payments": [],
            "paid": money(0),
            "otherwise": money(99980),
            "remainder": money(20),
        },
    },
    "plan_changed": {
        "paused": CHANGED,
        "moved": {
            **CHANGED,
            "title": "A date of your payment plan P-00012 has moved",
            "said": f"Your payment of {money(33333)} is now due on December 12, 2026.",
            "reason": [],
            "next": f"Your next payment is {money(33333)} on December 12, 2026.",
        },
        "cancelled": {**CHANGED, "title": "Your payment plan P-00012 has ended", "over": True, **DUE_AGAIN},
        "cancelled and paid": {**CHANGED, "title": "Your payment plan P-00012 has ended", "over": True, **NOTHING_DUE},
    },
    "plan_method": {"usual": {**CHANGED, "said": "Each date is charged to Visa •••• 4242 from now on.", "reason": []}},
}
TO_SELLER_ABOUT_PLANS: dict[str, Context] = {
    "plan asked for": TO_SELLER,
    "plan late": {**TO_SELLER, "title": "Payment plan is late: P-00012", "words": []},
}
