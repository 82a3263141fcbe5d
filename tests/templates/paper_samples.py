"""Sample contexts of PDFs and letters; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, SELLER, money, parts
from tests.templates.collection_samples import COLLECTION_LETTERS
from tests.templates.dispute_letter_samples import DISPUTES
from tests.templates.letter_samples import LETTER, REVERSALS
from tests.templates.payment_samples import INVOICE
from tests.templates.plan_letter_samples import PLANS, TO_SELLER_ABOUT_PLANS
from tests.templates.plan_samples import TERMS
from tests.templates.receipt_samples import RECEIPT, RETURNED
from tests.templates.step_up_samples import CODE_LETTER

Context = Mapping[str, object]

PAPER: dict[str, object] = {
    "seller": SELLER,
    "customer": {"name": f"Northwind Traders {CANARY}", "address": ["7 Harbor Road", "Portland, ME 04101"]},
}
STATEMENT: dict[str, object] = {
    **PAPER,
    "as_of": "November 22, 2026",
    "balance_cents": 1569050,
    "balance": money(1569050),
    "overdue": money(418000),
    "parts": parts(payable=1569050),
    "rows": [
        (f"INV-2041 {CANARY}", "Sep 28, 2026", "Oct 28, 2026", "25 days late", "", money(418000)),
        ("INV-2058", "Oct 24, 2026", "Nov 23, 2026", "Due tomorrow", "", money(230050)),
        ("INV-2066", "Nov 12, 2026", "Dec 12, 2026", "in 20 days", f"{money(-9300)} by Nov 28", money(465000)),
        ("INV-2071", "Nov 18, 2026", "Dec 18, 2026", "in 26 days", f"{money(-9120)} by Nov 28", money(456000)),
    ],
    "open_total": money(1569050),
    "offers": [{"invoices": "INV-2066 and INV-2071", "until": "November 28", "saving": money(18420), "percent": "2%"}],
}
PDFS: dict[str, dict[str, Context]] = {
    "pdf/evidence.html": {
        "usual": {
            **PAPER,
            "number": "P-00001",
            "terms": TERMS,
            "consents": [f"I agree. {CANARY}"],
            "digest": "0" * 64,
            "sections": [
                {"title": "Acceptance", "rows": [("Name typed", f"Ada {CANARY}"), ("Network address", "203.0.113.7")]},
                {"title": "Letters sent", "rows": []},
            ],
        },
    },
    "pdf/agreement.html": {
        "usual": {**PAPER, "terms": TERMS, "consents": [f"I agree. {CANARY}"], "digest": "0" * 64},
    },
    "pdf/statement.html": {
        "usual": STATEMENT,
        "parts": {
            **STATEMENT,
            "parts": {**parts(payable=1400000, pending=98160, disputed=21600, on_plan=50130), "credit": money(-840)},
            "balance": money(1569050),
            "open_total": money(1569890),
        },
        "nothing": {
            **STATEMENT,
            "rows": [],
            "offers": [],
            "balance_cents": -840,
            "balance": money(840),
            "overdue": "",
            "parts": {**parts(), "credit": money(-840)},
            "open_total": money(0),
        },
    },
    "pdf/invoice.html": {
        "usual": {**PAPER, **{k: INVOICE[k] for k in INVOICE if k != "account"}, "paid": ""},
    },
    "pdf/receipt.html": {
        "usual": {**PAPER, **{k: RECEIPT[k] for k in ("receipt", "notice", "items", "rest")}},
        "returned": {**PAPER, "receipt": RECEIPT["receipt"], **RETURNED},
    },
}
MONEY: dict[str, object] = {
    **LETTER,
    "amount": money(1103750),
    "rest": [],
    "items": [
        {"number": "INV-2041", "discount": "", "pay": money(418000)},
        {"number": f"INV-2066 {CANARY}", "discount": money(9300), "pay": money(455700)},
    ],
}
PROCESSING: dict[str, object] = {**MONEY, "started": "November 22, 2026", "arrival": "November 30, 2026"}
LINK: dict[str, object] = {
    **LETTER,
    **{name: STATEMENT[name] for name in ("as_of", "balance_cents", "balance", "overdue", "offers")},
    "document": "",
    "dispute": "",
    "plan": "",
    "asked": False,
    "due": "",
    "expires": "December 22, 2026",
}
RECEIVED: dict[str, object] = {
    **MONEY,
    "received": "November 22, 2026",
    "method": "Card",
    "number": "R-1042",
    "notice": "",
    "balance_cents": 456000,
    "balance": money(456000),
}
LETTERS: dict[str, dict[str, Context]] = {
    "link": {
        "usual": LINK,
        "asked": {**LINK, "asked": True, "name": "Maria"},
        "dispute": {**LINK, "document": "INV-2066", "dispute": "D-00012", "due": "December 12, 2026", "asked": True},
        "plan": {**LINK, "plan": "P-00012", "asked": True},
        "invoice": {**LINK, "document": "INV-2066", "due": "December 12, 2026", "overdue": ""},
        "credit": {**LINK, "balance_cents": -840, "overdue": "", "offers": []},
    },
    "code": CODE_LETTER,
    **COLLECTION_LETTERS,
    **REVERSALS,
    **DISPUTES,
    **PLANS,
    "seller_claim": {**DISPUTES["seller_claim"], **TO_SELLER_ABOUT_PLANS},
    "receipt": {
        "usual": RECEIVED,
        "nothing": {**RECEIVED, "balance_cents": 0, "rest": [{"text": "Kept as credit", "amount": money(840)}]},
        "returned": {
            **RECEIVED,
            "notice": RETURNED["notice"],
            "items": [],
            "rest": [{"text": "Returned by the bank", "amount": money(1103750)}],
        },
    },
    "processing": {"usual": PROCESSING, "unknown": {**PROCESSING, "arrival": ""}},
    "payment_failed": {
        "usual": {**PROCESSING, "reason": "", "discount_until": ""},
        "window": {
            **PROCESSING,
            "reason": "The bank says there was not enough money.",
            "discount_until": "December 2, 2026",
        },
    },
}
