"""Sample contexts of the page and the letters about what is collected by itself; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, LAYOUT, money
from tests.templates.letter_samples import LETTER
from tests.templates.method_samples import METHOD_LETTERS

Context = Mapping[str, object]

BASE = "/a/acc_7Q2"
_ASKED: dict[str, object] = {
    **LAYOUT,
    "amount": money(33333),
    "what": f"Payment plan P-00012 {CANARY}",
    "method": f"Visa •••• 4242 {CANARY}",
    "is_waiting": True,
    "story": "",
    "links": {"statement": BASE, "pay": f"{BASE}/plans/p1", "action": f"{BASE}/collections/c1"},
}
COLLECTIONS: dict[str, dict[str, Context]] = {
    "collections/show.html": {
        "usual": _ASKED,
        "over": {**_ASKED, "is_waiting": False, "story": "This is paid. There is nothing to confirm."},
    },
}
_NOTICE: dict[str, object] = {
    **LETTER,
    "title": f"{money(33333)} will be charged on December 12, 2026 for plan P-00012",
    "said": ["On December 12, 2026 we charge your Visa •••• 4242, as agreed."],
    "facts": [
        {"name": "Amount", "value": money(33333)},
        {"name": "Date", "value": "December 12, 2026"},
        {"name": "Charged to", "value": f"Visa •••• 4242 {CANARY}"},
        {"name": "For", "value": "Payment plan P-00012"},
    ],
    "more": ["There is nothing to do.", "You can pay it earlier by hand, and then nothing is charged."],
    "terms": [],
    "button": "Open your plan",
}
COLLECTION_LETTERS: dict[str, dict[str, Context]] = {
    "collect": {"usual": _NOTICE, "named": {**_NOTICE, "name": "Maria", "more": []}, **METHOD_LETTERS},
}
