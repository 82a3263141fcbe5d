"""Sample contexts of what explains a statement and of telling us about a payment; see samples.py."""

from collections.abc import Mapping

from portal.views.explanations import Step
from tests.templates.base import CANARY, LAYOUT, money

Context = Mapping[str, object]

BASE = "/a/acc_7Q2"
LINKS = {
    "explanation": f"{BASE}/explanation",
    "notices": f"{BASE}/notices",
    "disputes": f"{BASE}/disputes",
    "plans": f"{BASE}/plans",
    "new_plan": f"{BASE}/plans/new",
    "methods": f"{BASE}/methods",
}
NO_MATTERS: dict[str, object] = {
    "credit_used": False,
    "autopay": "",
    "plans": [],
    "under_way": [],
    "told": [],
    "credit": None,
}
CREDIT = {
    "amount": money(840),
    "cents": 840,
    "promised": money(120),
    "asked": "",
    "action": f"{BASE}/notices",
    "withdraw": "",
}
MATTERS: dict[str, object] = {
    "autopay": "Automatic payments are on. The next charge is up to $94.09 on December 2, 2026.",
    "plans": [
        {"text": "We offer you a payment plan. Read it", "href": f"{BASE}/plans/p1", "number": f"P-00001 {CANARY}"},
    ],
    "credit_used": True,
    "under_way": [
        f"m•••@northwind.example started a bank payment of {money(98160)} on November 20, 2026, "
        "10:42 AM EST. It should arrive by November 27, 2026."
    ],
    "told": [
        {
            "text": f"You told us: cheque of {money(50000)} sent on November 18, 2026, reference 1187{CANARY}. "
            "It has not arrived yet.",
            "withdraw": f"{BASE}/notices/n1/withdrawal",
        },
        {
            "text": f"You told us: bank transfer of {money(123456)} sent on November 19, 2026. It has not arrived yet.",
            "withdraw": f"{BASE}/notices/n2/withdrawal",
        },
    ],
    "credit": CREDIT,
}
ASKED: dict[str, object] = {
    **NO_MATTERS,
    "credit": {
        **CREDIT,
        "promised": "",
        "asked": f"You asked for {money(840)} back on November 20, 2026.",
        "withdraw": f"{BASE}/notices/n3/withdrawal",
    },
}

STEPS = [
    Step("Sep 28, 2026", "Invoice INV-2041", f"{BASE}/invoices/1", "", money(418000), money(418000)),
    Step("Oct 24, 2026", f"Invoice INV-2058 {CANARY}", f"{BASE}/invoices/2", "", money(230050), money(648050)),
    Step("Nov 2, 2026", "Payment R-00017", f"{BASE}/receipts/17", "Bank account (ACH)", money(-97320), money(550730)),
    Step("Nov 2, 2026", "Early-payment discount on INV-2044", f"{BASE}/invoices/3", "", money(-1840), money(548890)),
    Step("Nov 12, 2026", "Credit memo CM-9", "", "", money(-840), money(548050)),
]
DEBIT = "$961.60 from the bank account + $18.40 discount, started by m•••@northwind.example"


def section(name: str, title: str, cents: int, **more: object) -> dict[str, object]:
    given = {"id": name, "title": title, "cents": cents, "figure": money(cents), "opening": None, "steps": ()}
    return {**given, "sums": (), **more}


EXPLANATION: dict[str, object] = {
    **LAYOUT,
    "as_of": "November 22, 2026",
    "sections": [section("balance", "Balance", 548050, steps=STEPS)],
    "links": {"statement": BASE},
}
WALKS: dict[str, dict[str, Context]] = {
    "explanations/show.html": {
        "usual": EXPLANATION,
        "everything": {
            **EXPLANATION,
            "sections": [
                section(
                    "balance",
                    "Balance",
                    548050,
                    opening={"text": "Balance on August 31, 2026", "amount": money(0)},
                    steps=STEPS,
                ),
                section(
                    "payable",
                    "To pay now",
                    450890,
                    sums=[
                        {"text": "Balance", "amount": money(548050), "href": "#balance"},
                        {
                            "text": "Your credit, which is not on any invoice yet",
                            "amount": money(840),
                            "href": "#credit",
                        },
                        {"text": "Bank payment on its way", "amount": money(-98000), "href": "#pending"},
                    ],
                ),
                section(
                    "overdue",
                    "Overdue",
                    418000,
                    steps=[
                        Step("Oct 28, 2026", "INV-2041", "/i/1", "25 days late", money(418000), money(418000)),
                    ],
                ),
                section(
                    "pending",
                    "Bank payment on its way",
                    98000,
                    steps=[Step("Nov 20, 2026", "INV-2073", "/i/4", DEBIT, money(98000), money(98000))],
                ),
                section(
                    "credit",
                    "Credit on account",
                    840,
                    steps=[
                        Step("Nov 12, 2026", "Credit given", "", "Credit memo CM-9", money(1240), money(1240)),
                        Step("Nov 14, 2026", "Used for INV-2041", "/i/1", "Credit memo CM-9", money(-400), money(840)),
                    ],
                ),
            ],
        },
        "nothing": {**EXPLANATION, "sections": [section("balance", "Balance", 0)]},
    },
    "notices/form.html": {
        "usual": {
            **LAYOUT,
            "methods": ["cheque", "wire", "other"],
            "typed": {"method": "", "amount": "", "sent_on": "", "reference": ""},
            "errors": [],
            "earliest": "2025-11-22",
            "latest": "2026-11-22",
            "links": {"statement": BASE, "action": f"{BASE}/notices"},
        },
    },
}
WALKS["notices/form.html"]["refused"] = {
    **WALKS["notices/form.html"]["usual"],
    "typed": {"method": "", "amount": f"five{CANARY}", "sent_on": "2026-12-24", "reference": CANARY},
    "errors": [
        {"field": "method", "text": "Choose how you sent it."},
        {"field": "amount", "text": f"“five{CANARY}” is not an amount. Write it like 1234.56."},
        {"field": "sent_on", "text": "That day is still ahead. Enter the day on which you sent it."},
        {"field": "reference", "text": "Shorten the reference to 120 characters or fewer."},
    ],
}
PAPER_WALK: dict[str, object] = {"opening": {"text": "Balance on August 31, 2026", "amount": money(0)}, "steps": STEPS}
