"""Sample contexts of letters about money that came back, to the customer and to the seller; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, SELLER, money

Context = Mapping[str, object]

LETTER: dict[str, object] = {
    "seller": SELLER,
    "customer": f"Northwind Traders {CANARY}",
    "name": "",
    "href": "https://pay.harborsupply.example/l/eyJhIjoxfQ",
}
OPEN = [
    {"number": "INV-2041", "open": money(418000)},
    {"number": f"INV-2066 {CANARY}", "open": money(465000)},
]
BACK: dict[str, object] = {
    **LETTER,
    "amount": money(1103750),
    "number": "R-01042",
    "received": "November 22, 2026",
    "reopened": OPEN,
    "balance": f"Your balance is now {money(883000)}.",
}
REFUND: dict[str, object] = {
    **BACK,
    "is_all": False,
    "to": f"Visa ending 4242 {CANARY}",
    "stays_paid": False,
    "credit": "",
}
RETURNED: dict[str, object] = {**BACK, "is_card": False, "reason": "", "discount_until": ""}
TO_SELLER: dict[str, object] = {
    "seller": SELLER,
    "customer": f"Northwind Traders {CANARY}",
    "title": "Chargeback: answer by December 3, 2026",
    "said": (
        "A customer disputes a card payment with the bank, which holds the money until it decides. "
        "What it paid stays paid until then."
    ),
    "facts": [
        {"name": "Disputed", "value": money(1103750)},
        {"name": "The bank's reason", "value": f"product not received {CANARY}"},
        {"name": "In Stripe", "value": "dp_1SXhUuJbPoqJzX0wQzYxVt9d"},
        {"name": "Payment", "value": f"R-01042, {money(1103750)}"},
    ],
    "reopened": [],
    "breaks": [],
    "foot": "Sent by your payment portal to the address in its policy seller_email.",
    "steps": [
        {"text": "Answer in Stripe by then, with what shows that it was ordered and delivered.", "command": ""},
        {"text": "See the account:", "command": f"portal account 'Northwind Traders {CANARY}'"},
    ],
}
BREAK = {
    "kind": "payment",
    "subject": f"pi_3SXhUuJbPoqJzX0w1QzYxVt9 {CANARY}",
    "ours": money(98160),
    "theirs": f"{money(98161)}, succeeded",
    "repair": "Read the payment again: portal run reconcile",
}
REVERSALS: dict[str, dict[str, Context]] = {
    "refund": {
        "part": REFUND,
        "all": {**REFUND, "is_all": True, "to": "", "reopened": []},
        "covered": {**REFUND, "stays_paid": True, "reopened": [], "name": "Maria"},
    },
    "refund_failed": {"usual": REFUND, "credit": {**REFUND, "credit": money(840)}},
    "returned": {
        "debit": {
            **RETURNED,
            "reason": "The account did not have enough money.",
            "discount_until": "November 30, 2026",
        },
        "card": {**RETURNED, "is_card": True},
        "paid meanwhile": {**RETURNED, "reopened": []},
    },
    "restored": {"usual": {**BACK, "credit": ""}, "twice": {**BACK, "credit": money(465000)}},
    "seller": {
        "dispute": TO_SELLER,
        "refund": {**TO_SELLER, "title": "A refund opened invoices again", "reopened": OPEN},
        "breaks": {
            **TO_SELLER,
            "customer": "",
            "title": "Stripe and the books differ",
            "said": "2 differences stand. Nothing was changed because of them.",
            "facts": [],
            "breaks": [BREAK, BREAK],
            "steps": [{"text": "To compare again:", "command": "portal reconcile"}],
        },
    },
}
