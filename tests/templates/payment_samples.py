"""Sample contexts of invoices, paying and problems; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import ACCOUNT, CANARY, LAYOUT, NOBODY, SELLER, money, parts
from tests.templates.link_samples import LINKS
from tests.templates.receipt_samples import RECEIPTS

Context = Mapping[str, object]


def event(on: str, text: str, cents: int, open_cents: int) -> dict[str, str]:
    return {"on": on, "text": text, "amount": money(cents), "open": money(open_cents)}


INVOICE: dict[str, object] = {
    **LAYOUT,
    "invoice": {
        "number": "INV-2066",
        "title": "Invoice INV-2066",
        "status": "open",
        "issued": "November 12, 2026",
        "due": "December 12, 2026",
        "relative": "in 20 days",
        "terms": "2/10 net 30",
        "open_cents": 465000,
        "open": money(465000),
        "is_contested": False,
    },
    "parts": parts(payable=465000),
    "disputes": [],
    "dispute": "/a/acc_7Q2/invoices/ch_2066/dispute",
    "disputable": [1, 2],
    "offers": [{"percent": "2%", "saving": money(9300), "until": "November 22, 2026", "pay": money(455700)}],
    "lines": [
        {
            "position": 1,
            "description": f"Marine rope, 12 mm, 200 m reel {CANARY}",
            "quantity": "10",
            "unit_price": money(31000),
            "amount": money(310000),
        },
        {
            "position": 2,
            "description": "Stainless shackle, bow, 10 mm",
            "quantity": "120",
            "unit_price": money(1000),
            "amount": money(120000),
        },
        {"position": 3, "description": "Delivery", "quantity": "1", "unit_price": money(3500), "amount": money(3500)},
    ],
    "subtotal": money(433500),
    "tax": money(31500),
    "total": money(465000),
    "history": [event("Nov 12", "Issued", 465000, 465000)],
    "under_way": [],
    "pay": {
        "href": "/a/acc_7Q2/pay",
        "charge": "ch_2066",
        "balance": money(465000),
        "discount": money(-9300),
        "total": money(455700),
    },
    "links": {"pdf": "/a/acc_7Q2/invoices/ch_2066.pdf", "statement": "/a/acc_7Q2"},
}

CHECK: dict[str, object] = {
    **LAYOUT,
    "plan": None,
    "items": [
        {
            "charge": "ch_2041",
            "number": "INV-2041",
            "due": "Oct 28",
            "balance": money(418000),
            "disputed": money(47000),
            "discount": "",
            "pay": money(418000),
            "left": "",
        },
        {
            "charge": "ch_2058",
            "number": "INV-2058",
            "due": "Nov 23",
            "balance": money(230050),
            "disputed": "",
            "discount": "",
            "pay": money(230050),
            "left": "",
        },
        {
            "charge": "ch_2066",
            "number": "INV-2066",
            "due": "Dec 12",
            "balance": money(465000),
            "disputed": "",
            "discount": money(-9300),
            "pay": money(455700),
            "left": "",
        },
    ],
    "amount": "",
    "credit": "",
    "credit_used": "",
    "credit_cents": 0,
    "spare_credit": "",
    "balance": money(1113050),
    "discount": money(-9300),
    "total": money(1103750),
    "total_cents": 1103750,
    "methods": ["ach", "card"],
    "method": "ach",
    "changed": False,
    "other": None,
    "errors": [],
    "links": {"action": "/a/acc_7Q2/payments", "statement": "/a/acc_7Q2", "credit": "/a/acc_7Q2/pay?credit=keep"},
}
PLAN_PAID = {"id": "p1", "number": f"P-1 {CANARY}", "ahead": "next", "asked": money(300)}
OF_PLAN = {"number": "P-12", "href": "/a/acc_7Q2/plans/p1", "is_kept": True, "first": money(20000), "method": "/method"}
RETURN: dict[str, object] = {
    **LAYOUT,
    "plan": OF_PLAN,
    "state": "paid",
    "amount": money(1103750),
    "method": "Card",
    "reason": "",
    "arrival": "",
    "email": "ap@northwind.example",
    "items": [
        {"number": "INV-2041", "discount": "", "pay": money(418000)},
        {"number": "INV-2058", "discount": "", "pay": money(230050)},
        {"number": "INV-2066", "discount": money(9300), "pay": money(455700)},
    ],
    "links": {
        "statement": "/a/acc_7Q2",
        "receipt": "/a/acc_7Q2/receipts/p1",
        "retry": "/a/acc_7Q2/pay?charge=1",
        "again": "/a/acc_7Q2/payments/at1",
    },
}
PAGES: dict[str, dict[str, Context]] = {
    **LINKS,
    **RECEIPTS,
    "invoices/show.html": {
        "usual": INVOICE,
        "parts": {
            **INVOICE,
            "parts": parts(payable=443400, disputed=21600),
            "disputes": [
                {
                    "number": "D-00012",
                    "href": "/a/acc_7Q2/disputes/d12",
                    "amount": money(21600),
                    "state": {"name": "In review", "class": "open"},
                    "positions": [2],
                }
            ],
            "offers": [],
            "pay": {
                "href": "/a/acc_7Q2/pay",
                "charge": "ch_2066",
                "balance": money(443400),
                "discount": "",
                "total": money(443400),
            },
            "invoice": {**dict(INVOICE["invoice"]), "status": "overdue", "relative": "3 days late"},  # type: ignore[call-overload]
        },
        "under way": {
            **INVOICE,
            "parts": parts(payable=185440, pending=200000),
            "offers": [],
            "pay": {
                "href": "/a/acc_7Q2/pay",
                "charge": "ch_2066",
                "balance": money(185440),
                "discount": "",
                "total": money(185440),
            },
            "history": [
                event("Nov 12", "Issued", 465000, 465000),
                event("Nov 13", "Payment", -20000, 445000),
                event("Nov 15", "Account credit applied", -59560, 385440),
            ],
            "under_way": [
                f"m•••@northwind.example started a bank payment of {money(1300000)} on November 20, 2026, "
                f"10:42 AM EST. {money(194000)} of it is for this invoice. The early-payment discount of {money(4000)} "
                f"goes with it. {money(1000)} of your credit goes with it. It should arrive by November 27, 2026.",
                f"Somebody started a bank payment of {money(1000)} for this invoice on November 21, 2026, 9:00 AM EST.",
            ],
            "invoice": {
                **dict(INVOICE["invoice"]),  # type: ignore[call-overload]
                "open_cents": 385440,
                "open": money(385440),
            },
        },
        "one_document": {**INVOICE, "links": {"pdf": "/a/acc_7Q2/invoices/ch_2066.pdf", "statement": ""}},
        "paid": {
            **INVOICE,
            "invoice": {
                **dict(INVOICE["invoice"]),  # type: ignore[call-overload]
                "status": "paid",
                "open_cents": 0,
                "open": money(0),
                "relative": "",
            },
            "parts": parts(),
            "offers": [],
            "tax": "",
            "pay": None,
        },
        "disputed": {
            **INVOICE,
            "invoice": {
                **dict(INVOICE["invoice"]),  # type: ignore[call-overload]
                "status": "paid",
                "open_cents": 0,
                "open": money(0),
                "relative": "",
                "is_contested": True,
            },
            "parts": parts(),
            "offers": [],
            "tax": "",
            "pay": None,
            "history": [
                event("Nov 12", "Issued", 465000, 465000),
                event("Nov 14", "Payment", -455700, 9300),
                event("Nov 14", "Early-payment discount", -9300, 0),
                event("Nov 18", "Payment returned by the bank", 455700, 455700),
                event("Nov 19", "Payment stands again", -455700, 0),
            ],
        },
    },
    "payments/check.html": {
        "usual": CHECK,
        "refused": {
            **CHECK,
            "method": "",
            "changed": True,
            "errors": [{"field": "method", "text": "Choose bank account or card."}],
        },
        "lump": {**CHECK, "amount": "11,046.15", "methods": ["card"], "method": "card"},
        "credit": {
            **CHECK,
            "credit": money(-840),
            "credit_used": money(840),
            "credit_cents": 840,
            "spare_credit": money(840),
            "total": money(1102910),
            "total_cents": 1102910,
        },
        "plan": {**CHECK, "amount": "5", "plan": PLAN_PAID},
        "credit kept": {**CHECK, "spare_credit": money(840)},
        "credit for all": {
            **CHECK,
            "credit": money(-1103750),
            "credit_used": money(1103750),
            "credit_cents": 1103750,
            "spare_credit": money(1200000),
            "total": money(0),
            "total_cents": 0,
        },
        "other": {
            **CHECK,
            "other": {"id": "at9", "who": f"Maria {CANARY}", "started": "10:42 AM", "amount": money(418000)},
        },
    },
    "payments/return.html": {
        "paid": RETURN,
        "processing": {
            **RETURN,
            "state": "processing",
            "method": "Bank account (ACH)",
            "arrival": "November 30, 2026",
        },
        "confirming": {**RETURN, "state": "confirming", "method": ""},
        "failed": {**RETURN, "plan": None, "state": "failed", "reason": "The card was declined."},
        "plan failed": {**RETURN, "state": "failed"},
    },
    "errors/problem.html": {
        **{str(code): {**NOBODY, "code": code, "sentence": "", "back": ""} for code in (403, 404, 413, 429, 500, 503)},
        "refused": {
            "seller": SELLER,
            "account": ACCOUNT,
            "code": 422,
            "sentence": "This invoice has been paid in the meantime.",
            "back": "/a/acc_7Q2",
        },
        "bare": {
            "seller": {"name": "", "initials": "", "email": "", "phone": ""},
            "account": None,
            "code": 500,
            "sentence": "",
            "back": "",
        },
    },
}
