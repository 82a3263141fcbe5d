"""Sample contexts of links and of asking for them; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, NOBODY, money

Context = Mapping[str, object]

OPEN_LINK: dict[str, object] = {
    **NOBODY,
    "customer": f"Northwind Traders {CANARY}",
    "document": "",
    "dispute": "",
    "plan": "",
    "as_of": "November 22, 2026",
    "balance_cents": 1569050,
    "balance": money(1569050),
    "overdue": money(418000),
    "due": "",
    "action": "/l/token",
}
ASK: dict[str, object] = {
    **NOBODY,
    "errors": [],
    "email_value": "",
    "action": "/link",
    "token": "",
}

LINKS: dict[str, dict[str, Context]] = {
    "links/open.html": {
        "account": OPEN_LINK,
        "invoice": {
            **OPEN_LINK,
            "document": "INV-2066",
            "balance": money(465000),
            "overdue": "",
            "due": "December 12, 2026",
        },
        "dispute": {**OPEN_LINK, "document": "INV-2066", "dispute": "D-00012"},
        "plan": {**OPEN_LINK, "plan": "P-00012"},
        "nothing": {**OPEN_LINK, "balance_cents": 0, "balance": money(0), "overdue": ""},
        "credit": {**OPEN_LINK, "balance_cents": -840, "balance": money(840), "overdue": ""},
    },
    "links/request.html": {
        **{reason: {**ASK, "reason": reason} for reason in ("signed_out", "none")},
        "dead": {**ASK, "reason": "dead", "token": "eyJhIjoxfQ"},
        "refused": {
            **ASK,
            "reason": "dead",
            "errors": [{"field": "email", "text": "Enter an email address, such as name@example.com."}],
            "email_value": f"someone {CANARY}",
        },
    },
    "links/requested.html": {
        "usual": {**NOBODY, "email": "ap@northwind.example", "again": "/link"},
        "expired": {**NOBODY, "email": "", "again": "/link"},
    },
    "payments/thanks.html": {"usual": ASK},
}
