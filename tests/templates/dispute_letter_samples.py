"""Sample contexts of letters about disputes, to the customer and to the seller; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, SELLER, money
from tests.templates.letter_samples import LETTER

Context = Mapping[str, object]

LEFT = {
    "payable": money(386000),
    "pay": money(378280),
    "saving": money(7720),
    "until": "November 30, 2026",
    "pending": "",
    "due": "December 12, 2026",
}
NOTHING_LEFT = {"payable": "", "pay": "", "saving": "", "until": "", "pending": "", "due": ""}
DISPUTE: dict[str, object] = {
    **LETTER,
    "number": "D-00012",
    "invoice": f"INV-2066 {CANARY}",
    "lines": [
        {
            "name": f"Mooring rope, 12 mm, 50 m {CANARY}",
            "reason": "Short delivery, 2 of 10",
            "disputed": money(64000),
            "approved": money(32000),
        },
        {
            "name": "Shackle, galvanised",
            "reason": "Wrong price",
            "disputed": money(15000),
            "approved": money(0),
        },
    ],
    "disputed": money(79000),
    "approved": money(32000),
    "decided": False,
    "left": LEFT,
    "answer_by": "December 1, 2026",
}
ASKED: dict[str, object] = {
    **DISPUTE,
    "question": [f"Which carton did they come in? {CANARY}", "A photo of its label would help."],
    "offer": "",
    "offer_words": [],
    "leaves": NOTHING_LEFT,
}
OFFERED: dict[str, object] = {
    **DISPUTE,
    "question": [],
    "offer": f"We credit 50% of what you dispute: {money(39500)}, tax included.",
    "offer_words": [f"We are sorry for the trouble. {CANARY}"],
    "leaves": {**LEFT, "payable": money(425500), "pay": money(416990), "saving": money(8510)},
}
DECIDED: dict[str, object] = {
    **DISPUTE,
    "verdict": f"We have accepted a part of your dispute D-00012 about invoice INV-2066 {CANARY}.",
    "agreed": "",
    "reason": [f"The price is the one of your order. {CANARY}"],
    "decided": True,
    "memos": [f"Credit memo CM-00031: {money(32000)}, of which {money(2370)} is tax"],
    "waived": "",
    "reopen_until": "December 10, 2026",
}
CLAIM: dict[str, object] = {
    "seller": SELLER,
    "customer": f"Northwind Traders {CANARY}",
    "title": "New dispute D-00012",
    "said": "A customer says that something is wrong with an invoice. It is your turn: answer by December 1, 2026.",
    "words": [f"Two coils were missing. {CANARY}", "The driver saw it."],
    "facts": [
        {"name": "Invoice", "value": f"INV-2066 {CANARY}"},
        {"name": f"Mooring rope, 12 mm, 50 m {CANARY}", "value": "Short delivery, 2 of 10"},
        {"name": "Disputed, tax included", "value": money(79000)},
    ],
    "waiting": [],
    "more": "",
    "button": "Open the dispute",
    "href": "https://pay.harborsupply.example/admin/disputes/dsp_4Kx",
}
DISPUTES: dict[str, dict[str, Context]] = {
    "dispute_received": {
        "usual": {**DISPUTE, "reopened": False, "clock_stands": True},
        "reopened": {
            **DISPUTE,
            "reopened": True,
            "decided": True,
            "clock_stands": False,
            "left": NOTHING_LEFT,
            "name": "Maria",
        },
    },
    "dispute_question": {"usual": ASKED},
    "dispute_offer": {
        "usual": OFFERED,
        "plain": {**OFFERED, "offer_words": [], "leaves": {**NOTHING_LEFT, "pending": money(386000)}},
    },
    "dispute_decided": {
        "partly": DECIDED,
        "goodwill": {**DECIDED, "reason": [], "reopen_until": "", "waived": money(1500), "left": NOTHING_LEFT},
        "agreed": {**DECIDED, "agreed": "We send you the goods once more.", "memos": []},
    },
    "dispute_reminder": {"question": ASKED, "offer": OFFERED},
    "seller_claim": {
        "filed": CLAIM,
        "digest": {
            **CLAIM,
            "customer": "",
            "title": "2 disputes wait for you",
            "said": "The most urgent first.",
            "words": [],
            "facts": [],
            "waiting": [
                {
                    "name": f"D-000{number}, Northwind Traders {CANARY}",
                    "value": f"{money(79000)}, 3 days old, answer by December 1, 2026",
                    "href": f"https://pay.harborsupply.example/admin/disputes/dsp_{number}",
                }
                for number in (12, 14)
            ],
            "more": "And 3 others.",
            "button": "Open the list of disputes",
            "href": "https://pay.harborsupply.example/admin/disputes",
        },
    },
}
