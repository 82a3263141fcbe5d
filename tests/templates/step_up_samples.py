"""Sample contexts of confirming a browser by a mailed code, and of its letter; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, LAYOUT
from tests.templates.letter_samples import LETTER

Context = Mapping[str, object]

CODE: dict[str, object] = {
    **LAYOUT,
    "email": f"j•••@northwind.example {CANARY}",
    "minutes": 10,
    "sent": False,
    "code_value": "",
    "errors": [],
    "to": "/a/acc_7Q2/methods",
    "links": {
        "statement": "/a/acc_7Q2",
        "ask": "/a/acc_7Q2/code",
        "confirm": "/a/acc_7Q2/code/confirmation",
        "fresh_link": "/link",
    },
}
DEVICE: dict[str, object] = {
    "name": "Firefox on Windows",
    "since": "November 22, 2026, 2:05 PM EST",
    "until": "May 21, 2027",
    "is_this": True,
    "revoke": "/a/acc_7Q2/devices/d1/revocation",
}
STEP_UP: dict[str, dict[str, Context]] = {
    "step_up/code.html": {
        "usual": CODE,
        "sent": {**CODE, "sent": True},
        "refused": {
            **CODE,
            "sent": True,
            "code_value": f"12345 {CANARY}",
            "errors": [{"field": "code", "text": "That is not the code of our latest email. 4 tries are left."}],
        },
        "nobody": {**CODE, "email": ""},
    },
    "step_up/devices.html": {
        "usual": {
            **LAYOUT,
            "devices": [DEVICE, {**DEVICE, "name": f"Safari on iPhone {CANARY}", "is_this": False}],
            "links": {"statement": "/a/acc_7Q2"},
        },
    },
}
_LETTER: dict[str, object] = {**{key: LETTER[key] for key in LETTER if key != "href"}, "code": "042815", "minutes": 10}
CODE_LETTER: dict[str, Context] = {"usual": _LETTER, "name": {**_LETTER, "name": f"Maria {CANARY}"}}
