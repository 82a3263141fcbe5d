"""Sample contexts of a customer's payment plans; see samples.py."""

from collections.abc import Mapping

from tests.templates.base import CANARY, LAYOUT, SELLER, money

Context = Mapping[str, object]
BASE = "/a/acc_7Q2"
HERE = f"{BASE}/plans/p1"
COVERED = [{"number": f"INV-2041 {CANARY}", "amount": money(60000)}, {"number": "INV-2058", "amount": money(40000)}]
OTHER = {"number": "P-00002", "href": f"{BASE}/plans/p2"}

ROWS = [
    {"name": "First amount", "date": "Nov 22, 2026", "amount": money(20000)},
    {"name": "Payment 1 of 3", "date": "Dec 22, 2026", "amount": money(26667)},
    {"name": "Payment 2 of 3", "date": "Jan 22, 2027", "amount": money(26667)},
    {"name": "Payment 3 of 3", "date": "Feb 22, 2027", "amount": money(26666)},
]
BUILDER: dict[str, object] = {
    **LAYOUT,
    "charges": [
        {"id": "ch1", "number": f"INV-2041 {CANARY}", "due": "Oct 28", "amount": money(60000), "chosen": True},
        {"id": "ch2", "number": "INV-2058", "due": "Nov 28", "amount": money(40000), "chosen": True},
    ],
    "down": "200.00",
    "count": "3",
    "every": "month",
    "first_on": "2026-12-22",
    "typed_words": "",
    "rhythms": [
        {"value": "week", "name": "Every week"},
        {"value": "fortnight", "name": "Every two weeks"},
        {"value": "month", "name": "Every month"},
    ],
    "rules": ["at least 20% of the total today", "at most 4 payments after the first amount", "each at least $25.00"],
    "first_day": "2026-11-22",
    "total": money(100000),
    "rows": ROWS,
    "limits": [],
    "asks": False,
    "compared": "The plan costs nothing extra: no interest and no fee.",
    "errors": [],
    "links": {"statement": BASE, "preview": f"{BASE}/plans/new", "action": f"{BASE}/plans"},
}
OPTION: dict[str, object] = {
    "title": "First amount $200.00, then 3 payments every month",
    "rows": ROWS,
    "total": money(100000),
    "href": f"{HERE}/agreement?option=1",
    "compared": "The plan costs nothing extra: no interest and no fee.",
}
LINKS: dict[str, str] = {
    "statement": BASE,
    "decline": f"{HERE}/refusal",
    "withdraw": f"{HERE}/withdrawal",
    "new": f"{BASE}/plans/new",
    "other": f"{BASE}/plans/new?charge=ch1&count=3",
}
OFFER: dict[str, object] = {
    **LAYOUT,
    "number": "P-00001",
    "total": money(100000),
    "options": [OPTION, {**OPTION, "title": "6 payments, every two weeks"}],
    "closed": "",
    "covered": COVERED,
    "replaces": OTHER,
    "is_own": False,
    "words": [f"We know that the season is slow. {CANARY}"],
    "until": "December 6, 2026",
    "links": LINKS,
}
TERMS: dict[str, object] = {
    "edition": 1,
    "plan": "P-00001",
    "option": 1,
    "seller": {"name": SELLER["name"], "address": "14 Wharf Street", "email": SELLER["email"]},
    "customer": {"name": f"Northwind Traders {CANARY}", "number": "C-1"},
    "currency": "USD",
    "total_cents": 100000,
    "total": money(100000),
    "covered": [
        {"number": f"INV-2041 {CANARY}", "cents": 60000, "amount": money(60000)},
        {"number": "INV-2058", "cents": 40000, "amount": money(40000)},
    ],
    "rows": ROWS,
    "clauses": [
        {"title": "What it costs", "text": "Nothing. There is no interest and no charge for this plan."},
        {"title": "If a payment is late", "text": "We write to you, and you have 10 days to make up for it."},
    ],
}
CHARGING = [
    f"For payment plan P-00001 {CANARY} this is charged: $200.00 on Nov 22, 2026; $266.67 on Dec 22, 2026; $266.67 on "
    "Jan 22, 2027; $266.66 on Feb 22, 2027. No payment is charged before its date, or with more than the plan sets for "
    "it; what I have paid or was credited by then is taken off, and what came back or is owed after a dispute is "
    "added. One that does not go through is tried again up to three times.",
    "I pay what is due today at once. Harbor Supply Co. writes to me at least two days before each later charge. I can "
    "withdraw this at any time until a charge is sent, at no cost, by writing to ar@harborsupply.example. From then on "
    "I pay by hand; the plan itself stays as it is.",
]
AGREEMENT: dict[str, object] = {
    **LAYOUT,
    "terms": TERMS,
    "shown": "shown-1",
    "consents": [
        {"field": "agree", "text": "I agree to pay Harbor Supply Co. by this plan.", "ticked": False},
        {"field": "electronic", "text": "I agree to get it by email instead of on paper.", "ticked": True},
    ],
    "means": [
        {
            "value": "ach",
            "consent": ["I authorize Harbor Supply Co. to debit my bank account on each date.", "I can stop it."],
        },
        {"value": "card", "consent": ["I let Harbor Supply Co. charge my card on each date."]},
        {"value": "hand", "consent": []},
    ],
    "charging": CHARGING,
    "chosen_means": "",
    "name": "",
    "errors": [],
    "is_own": False,
    "links": {"plan": HERE, "action": f"{HERE}/acceptance", "pdf": f"{HERE}/agreement.pdf?option=1"},
}


def _row(name: str, date: str, cents: int, state: str, kind: str, **more: str) -> dict[str, str]:
    return {
        "name": name, "date": date, "amount": money(cents), "moved": "", "agreed": "", "left": "", "state": state,
        "class": kind, **more,
    }  # fmt: skip


KEPT: dict[str, object] = {
    "rows": [
        _row("First amount", "Nov 22, 2026", 20000, "Paid", "paid"),
        _row("Payment 1 of 3", "Dec 26, 2026", 26667, "Under way", "pending", moved="Dec 22, 2026"),
        _row("Payment 2 of 3", "Jan 22, 2027", 20000, "Coming", "open", agreed=money(26667), left=money(1000)),
        _row("Payment 3 of 3", "Feb 22, 2027", 0, "Not needed", "plain", agreed=money(26666)),
    ],
    "total": money(100000),
    "paid": money(20000),
    "left": money(46667),
    "credited": money(33333),
    "frozen": money(1000),
    "pending": money(26667),
    "next": f"Next: {money(20000)} on Jan 22, 2027",
    "late": "",
    "cure_by": "",
    "asked": money(20000),
    "asked_typed": "200.00",
    "rest": money(46667),
    "rest_typed": "466.67",
    "movable": [{"position": 2, "name": "Jan 22, 2027", "latest": "Jan 29"}],
    "method": f"Visa •••• 4242 {CANARY}",
    "can_change": True,
}
SHOWN: dict[str, object] = {
    **LAYOUT,
    "done": "",
    "number": "P-00001",
    "state": {"name": "In progress", "class": "on_plan"},
    "story": "",
    "follower": None,
    "covered": COVERED,
    "agreed": f"Agreed to by Ada Payer {CANARY} on November 22, 2026, 2:05 PM EST.",
    "is_kept": True,
    "asked": None,
    "plan": KEPT,
    "trouble": [],
    "moving": {"position": "", "to": ""},
    "paying": {"amount": "", "ahead": ""},
    "errors": [],
    "links": {
        "statement": BASE,
        "plans": f"{BASE}/plans",
        "pay": f"{BASE}/pay",
        "plan": "p1",
        "dates": f"{HERE}/dates",
        "method": f"{HERE}/method",
        "by_hand": f"{HERE}/by-hand",
        "withdraw": f"{HERE}/withdrawal",
        "pdf": f"{HERE}/agreement.pdf",
    },
}
PLANS: dict[str, dict[str, Context]] = {
    "plans/builder.html": {
        "usual": BUILDER,
        "asked": {
            **BUILDER,
            "asks": True,
            "limits": ["At most 4 payments.", "All of it paid within 120 days."],
            "typed_words": f"Our harvest is late. {CANARY}",
            "errors": [{"field": "words", "text": "Tell us in a few words why you need this plan."}],
        },
        "nothing yet": {
            **BUILDER,
            "rows": [],
            "rules": [],
            "errors": [
                {"field": "charges", "text": "Choose at least one invoice."},
                {"field": "down", "text": f"“{CANARY}” is not an amount."},
                {"field": "count", "text": "Enter how many payments, such as 3."},
                {"field": "first_on", "text": "Enter the day of the first payment."},
            ],
        },
    },
    "plans/offer.html": {
        "usual": OFFER,
        "own": {**OFFER, "is_own": True, "replaces": None, "words": [], "options": [OPTION]},
        "closed": {**OFFER, "options": [], "closed": "This offer is no longer open."},
        "own, closed": {**OFFER, "is_own": True, "words": [], "options": [], "closed": "What you owe has changed."},
        "in place of another": {**OFFER, "links": {**LINKS, "new": "", "other": ""}},
    },
    "plans/agreement.html": {
        "usual": AGREEMENT,
        "by_hand": {**AGREEMENT, "means": [{"value": "hand", "consent": []}], "charging": []},
        "refused": {
            **AGREEMENT,
            "is_own": True,
            "chosen_means": "hand",
            "name": f"A {CANARY}",
            "errors": [
                {"field": "terms", "text": "The terms have changed. Read them again."},
                {"field": "means", "text": "Choose how you want to pay."},
                {"field": "agree", "text": "Tick that you agree to the plan."},
                {"field": "name", "text": "Type your name, as your signature."},
            ],
        },
    },
    "plans/show.html": {
        "usual": SHOWN,
        "late": {
            **SHOWN,
            "state": {"name": "Behind", "class": "overdue"},
            "trouble": [
                {"text": "Your bank wants you to confirm the payment of $266.67.", "href": f"{BASE}/collections/c1"},
                {"text": f"$200.00 could not be charged. {CANARY}", "href": ""},
            ],
            "plan": {**KEPT, "late": "December 22, 2026", "cure_by": "January 6, 2027", "method": ""},
        },
        "refused": {
            **SHOWN,
            "moving": {"position": "2", "to": "2027-03-01"},
            "paying": {"amount": f"much {CANARY}", "ahead": "next"},
            "errors": [
                {"field": "amount", "text": f"“much {CANARY}” is not an amount."},
                {"field": "to", "text": "Choose a day after Jan 22, 2027, until Jan 29, 2027."},
            ],
        },
        "requested": {
            **SHOWN,
            "state": {"name": "Waiting for our answer", "class": "pending"},
            "story": "We have your request and answer by email.",
            "is_kept": False,
            "asked": {
                "title": "First amount $200.00, then 3 payments every month",
                "rows": ROWS,
                "total": money(100000),
                "words": [f"Our harvest is late. {CANARY}"],
            },
            "plan": None,
            "agreed": "",
        },
        "moved": {**SHOWN, "done": "moved"},
        "by_hand": {**SHOWN, "done": "by_hand", "plan": {**KEPT, "method": ""}},
        "replaced": {
            **SHOWN,
            "state": {"name": "Replaced by another plan", "class": "plain"},
            "story": "Another plan has taken its place:",
            "follower": OTHER,
            "is_kept": False,
        },
    },
}
