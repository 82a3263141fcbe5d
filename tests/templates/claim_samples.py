"""Contexts of the pages with which a customer disputes lines of an invoice and follows the dispute."""

from collections.abc import Mapping

from portal.rules.claims import REASONS
from portal.templating import static_url
from tests.templates.base import CANARY, LAYOUT, money

Context = Mapping[str, object]

_LEFT = {
    "payable": money(78400),
    "pay": money(76960),
    "saving": money(1440),
    "until": "November 28, 2026",
    "pending": "",
    "due": "",
}
_NOTHING = {"payable": "", "pay": "", "saving": "", "until": "", "pending": "", "due": ""}
_FIGURES = {
    "disputed": money(21600),
    "tax": money(1600),
    "payable": money(78400),
    "discount": money(-1440),
    "until": "November 28, 2026",
    "pay": money(76960),
}
_FILES = [{"id": "f1", "name": f"pallet {CANARY}.jpg", "size": "1.4 MB"}]
_MORE = {"files": [], "more_files": 5, "most_files": 5, "most_megabytes": 10}


def _line(position: int, description: str, **more: object) -> Context:
    return {
        "position": position,
        "description": description,
        "quantity": "10",
        "unit_price": money(2000),
        "amount": money(20000),
        "taken": "",
        "chosen": False,
        "reason": "",
        "figure": "",
        **more,
    }


_FORM: Context = {
    **LAYOUT,
    **_MORE,
    "invoice": f"INV-2066 {CANARY}",
    "lines": [
        _line(1, f"Marine rope {CANARY}"),
        _line(2, "Stainless shackle", chosen=True, reason="short", figure="8"),
        _line(3, "Delivery", quantity="", unit_price="", taken="All of this line is disputed or credited already."),
    ],
    "reasons": [
        {"value": value, "name": value.title(), "asks": asks, "question": "How many?"}
        for value, asks in REASONS.items()
    ],
    "typed_words": "",
    "figures": _FIGURES,
    "problems": [],
    "errors": [],
    "links": {"invoice": "/a/acc_7Q2/invoices/x", "action": "/a/acc_7Q2/invoices/x/dispute", "figures": "/figures"},
}
_SHOWN: Context = {
    **LAYOUT,
    **_MORE,
    "number": "D-00012",
    "invoice": f"INV-2066 {CANARY}",
    "state": {"name": "In review", "class": "open"},
    "turn": "It is our turn: we answer by November 30, 2026.",
    "filed": False,
    "lines": [
        {
            "name": f"Stainless shackle {CANARY}",
            "reason": "Short delivery, 2 of 10",
            "invoiced_quantity": "10",
            "invoiced": money(21600),
            "disputed_quantity": "2",
            "disputed": money(4320),
            "approved_quantity": "",
            "approved": "",
        }
    ],
    "disputed": money(4320),
    "approved": "",
    "clock": "The discount clock of what you dispute stands still since November 22, 2026, with 6 days left.",
    "thread": [
        {
            "who": f"Pat {CANARY}",
            "at": "November 22, 2026, 2:05 PM EST",
            "by_us": False,
            "paragraphs": [f"Two were missing. {CANARY}"],
            "files": [
                {
                    "name": f"box {CANARY}.jpg",
                    "size": "340 KB",
                    "href": "/files/1",
                    "thumbnail": static_url("favicon.svg"),
                },
                {"name": "delivery note.pdf", "size": "1.2 MB", "href": "/files/2", "thumbnail": ""},
            ],
        },
        {"who": "Robin", "at": "November 23, 2026", "by_us": True, "paragraphs": ["We look into it."], "files": []},
    ],
    "offer": None,
    "decision": None,
    "left": _LEFT,
    "pay": "/a/acc_7Q2/pay?charge=x",
    "can": {"answer": True, "withdraw": True, "reopen_until": ""},
    "links": {
        "here": "/d",
        "invoice": "/i",
        "answer": "/d/messages",
        "withdraw": "/d/withdrawal",
        "reopen": "/d/reopening",
    },
    "form": "",
    "errors": [],
    "typed_words": "",
    "statement": "/a/acc_7Q2",
}
_DECIDED: Context = {
    **_SHOWN,
    "state": {"name": "Partly accepted", "class": "paid"},
    "turn": "Decided on November 24, 2026.",
    "clock": "",
    "approved": money(2160),
    "decision": {
        "verdict": "We have accepted a part of your dispute D-00012 about invoice INV-2066.",
        "agreed": "",
        "reason": [f"One of them was returned. {CANARY}"],
        "memos": ["Credit memo CM-00004: $21.60, of which $1.60 is tax"],
        "waived": money(600),
    },
    "can": {"answer": False, "withdraw": False, "reopen_until": "December 8, 2026"},
}
CLAIMS: dict[str, dict[str, Context]] = {
    "disputes/form.html": {
        "usual": _FORM,
        "nothing ticked": {**_FORM, "lines": [_line(1, "Rope")], "figures": None},
        "wrong": {
            **_FORM,
            "files": _FILES,
            "more_files": 4,
            "typed_words": f"It was wet. {CANARY}",
            "errors": [
                {"field": "figure-2", "text": "Only 10 were invoiced. Enter that or fewer."},
                {"field": "files", "text": f"{CANARY}.svg: Only PDF, JPEG and PNG files can be sent."},
            ],
        },
    },
    "disputes/show.html": {
        "filed": {**_SHOWN, "filed": True},
        "in review": _SHOWN,
        "full of files": {**_SHOWN, "more_files": 0, "most_files": 0},
        "offered": {
            **_SHOWN,
            "offer": {
                "what": "We credit 50% of what you dispute: $21.60, tax included.",
                "words": [f"Sorry about that. {CANARY}"],
                "until": "December 6, 2026",
                "leaves": _LEFT,
                "accept": "/accept",
                "decline": "/decline",
            },
        },
        "partly accepted": _DECIDED,
        "reopening without a reason": {
            **_DECIDED,
            "form": "reopen",
            "left": _NOTHING,
            "pay": "",
            "errors": [{"field": "words", "text": "Write why the decision should be looked at again."}],
        },
    },
    "disputes/list.html": {
        "usual": {
            **LAYOUT,
            "disputes": [
                {
                    "number": "D-00012",
                    "href": "/d/12",
                    "invoice": f"INV-2066 {CANARY}",
                    "amount": money(4320),
                    "state": {"name": "In review", "class": "open"},
                    "turn": "It is our turn: we answer by November 30, 2026.",
                }
            ],
            "links": {"statement": "/a/acc_7Q2"},
        },
        "none": {**LAYOUT, "disputes": [], "links": {"statement": "/a/acc_7Q2"}},
    },
}
