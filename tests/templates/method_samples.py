"""Sample contexts of saved methods and automatic payments: their page and their letters; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, LAYOUT
from tests.templates.letter_samples import LETTER

Context = Mapping[str, object]

CARD_WORDS = [f"I let Harbor Supply {CANARY} keep this card with Stripe and charge it for what I agree to."]
BANK_WORDS = ["I authorize Harbor Supply to debit the bank account that I name on Stripe’s page (ACH)."]
AUTOPAY_WORDS = [
    "I agree that Harbor Supply charges each invoice of this account by itself on the day it is due.",
    "Harbor Supply writes to me at least two days before each charge, with its amount.",
    "I can turn automatic payments off here at any time up to the moment a charge is sent.",
]
CARD: dict[str, object] = {
    "id": "pm_7Q2",
    "name": "Visa •••• 4242",
    "kind": "card",
    "expires": "04/29",
    "saved": "November 22, 2026",
    "plans": [{"number": "P-00012", "href": "/a/acc_7Q2/plans/pl_1"}],
    "is_autopay": True,
    "follows": ["After that you pay plan P-00012 by hand.", "Automatic payments end with it."],
    "remove": "/a/acc_7Q2/methods/pm_7Q2/removal",
}
BANK: dict[str, object] = {
    **CARD,
    "id": "pm_8R3",
    "name": f"First Bank {CANARY} •••• 6789",
    "kind": "us_bank_account",
    "expires": "",
    "plans": [],
    "is_autopay": False,
    "follows": [],
    "remove": "/a/acc_7Q2/methods/pm_8R3/removal",
}
PAGE: dict[str, object] = {
    **LAYOUT,
    "done": "",
    "methods": [CARD, BANK],
    "ways": [
        {"value": "ach", "consent": BANK_WORDS, "shown": "a1"},
        {"value": "card", "consent": CARD_WORDS, "shown": "b2"},
    ],
    "announced": [],
    "autopay": None,
    "rules": AUTOPAY_WORDS,
    "rules_shown": "c3",
    "errors": [],
    "chosen": "",
    "can_save": True,
    "links": {
        "statement": "/a/acc_7Q2",
        "setups": "/a/acc_7Q2/setups",
        "autopay": "/a/acc_7Q2/autopay",
        "autopay_end": "/a/acc_7Q2/autopay/end",
        "devices": "/a/acc_7Q2/devices",
    },
}
METHODS: dict[str, dict[str, Context]] = {
    "methods/list.html": {
        "usual": PAGE,
        "on": {
            **PAGE,
            "done": "on",
            "announced": [
                {
                    "date": "December 2, 2026",
                    "amount": "$94.09",
                    "method": "Visa •••• 4242",
                    "what": f"Invoice {CANARY}",
                    "href": "/a/acc_7Q2/invoices/inv_1",
                }
            ],
            "autopay": {"method": "Visa •••• 4242", "since": "November 22, 2026", "consent": AUTOPAY_WORDS},
        },
        "nothing": {**PAGE, "done": "removed", "methods": []},
        "offline": {**PAGE, "ways": [], "can_save": False},
        "refused": {**PAGE, "errors": [{"field": "method", "text": "Choose what is to be charged."}]},
    },
}
_ON: dict[str, object] = {
    **LETTER,
    "title": "Automatic payments are on",
    "said": [f"Your invoices are charged to Visa {CANARY} •••• 4242 from now on."],
    "facts": [],
    "button": "Open your account",
    "terms": AUTOPAY_WORDS,
    "more": ["This was not you? Please tell us at once."],
}
METHOD_LETTERS: dict[str, Context] = {
    "autopay on": _ON,
    "method ended": {**_ON, "name": "Maria", "terms": [], "more": []},
}
