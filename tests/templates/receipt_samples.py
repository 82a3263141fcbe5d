"""Sample contexts of receipts and of the payment history; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, LAYOUT, money

Context = Mapping[str, object]

RECEIPT: dict[str, object] = {
    **LAYOUT,
    "receipt": {
        "number": "R-1042",
        "amount": money(1104590),
        "received": "November 22, 2026, 2:05 PM EST",
        "method": "Card",
        "reference": "pi_3QK1",
    },
    "mark": "",
    "notice": "",
    "items": [
        {
            "number": "INV-2041",
            "href": "/a/acc_7Q2/invoices/1",
            "paid": money(418000),
            "discount": "",
            "open": money(0),
        },
        {
            "number": f"INV-2066 {CANARY}",
            "href": "/a/acc_7Q2/invoices/2",
            "paid": money(685750),
            "discount": money(-9300),
            "open": money(0),
        },
    ],
    "rest": [{"text": "Kept as credit on your account", "amount": money(840)}],
    "links": {"pdf": "/r.pdf", "statement": "/a/acc_7Q2", "history": "/a/acc_7Q2/payments"},
}
RETURNED: dict[str, object] = {
    "mark": "returned",
    "notice": f"The bank returned this payment on November 25, 2026. Open again: INV-2041 {CANARY} and INV-2066.",
    "items": [],
    "rest": [{"text": "Returned by the bank", "amount": money(1104590)}],
}
REFUNDED: dict[str, object] = {
    "mark": "refunded",
    "items": [],
    "rest": [
        {"text": "Refunded to you", "amount": money(1104590)},
        {"text": "Returned by the bank", "amount": money(418000)},
        {"text": "Charged again by debit note", "amount": money(-418000)},
    ],
}
DISPUTED: dict[str, object] = {
    "mark": "disputed",
    "notice": "Your bank is looking into this payment. Until it decides, everything stays paid.",
}


def event(on: str, text: str, status: str, cents: int = 0) -> dict[str, str]:
    return {"on": f"{on}, 2026", "text": text, "status": status, "amount": money(cents) if cents else ""}


def payment(method: str, invoices: str, cents: int, status: str, *events: dict[str, str], kept: int = 0) -> Context:
    return {
        "on": "Nov 22, 2026",
        "method": method,
        "invoices": invoices,
        "kept": money(kept) if kept else "",
        "amount": money(cents),
        "status": status,
        "href": "/a/acc_7Q2/payments/1" if status != "returned" else "",
        "events": list(events),
    }


HISTORY = [
    payment("Bank account (ACH)", "INV-2041 and INV-2066", 1103750, "pending"),
    payment("Card", f"INV-1988 {CANARY}", 64000, "paid", event("Nov 24", "Refund", "on_its_way", -12000), kept=840),
    payment(
        "Card",
        "INV-1990",
        90000,
        "refunded",
        event("Nov 24", "Refund", "sent", -90000),
        event("Nov 28", "Refund that did not reach you", "came_back", 90000),
        event("Nov 29", "Refund", "sent", -90000),
    ),
    payment("Card", "INV-1991", 40000, "paid", event("Nov 24", "Disputed with the bank", "disputed")),
    payment("Card", "INV-1992", 40000, "paid", event("Nov 24", "Disputed with the bank", "stands")),
    payment(
        "Card",
        "INV-1993",
        40000,
        "paid",
        event("Nov 24", "Taken back by the bank", "returned", -40000),
        event("Dec 9", "Paid again by the bank", "restored", 40000),
    ),
    payment("Check", "", 5000, "returned", event("Nov 24", "Taken back by the bank", "returned", -5000)),
    payment("Bank account (ACH)", "INV-2041", 9000, "failed"),
]
RECEIPTS: dict[str, dict[str, Context]] = {
    "payments/history.html": {
        "usual": {**LAYOUT, "payments": HISTORY, "links": {"statement": "/a/acc_7Q2"}},
        "nothing": {**LAYOUT, "payments": [], "links": {"statement": "/a/acc_7Q2"}},
    },
    "receipts/show.html": {
        "usual": RECEIPT,
        "returned": {**RECEIPT, **RETURNED},
        "refunded": {**RECEIPT, **REFUNDED},
        "disputed": {**RECEIPT, **DISPUTED},
        "one_document": {
            **RECEIPT,
            "links": {"pdf": "/r.pdf", "statement": "/a/acc_7Q2/invoices/1", "history": ""},
        },
    },
}
