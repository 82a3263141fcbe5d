"""What all sample contexts share. Names carry a canary where a person could have written one."""

from datetime import date

from portal.templating import format_money, initials

LOCALE = "en_US"
TODAY = date(2026, 11, 22)
CANARY = "<b>\"&'"
SELLER = {
    "name": "Harbor Supply Co.",
    "initials": initials("Harbor Supply Co."),
    "email": "billing@harborsupply.example",
    "phone": "+1 207 555 0142",
    "address": ["14 Wharf Street", "Portland, ME 04101"],
}
ACCOUNT = {"name": "Northwind Traders", "href": "/a/acc_7Q2"}
LAYOUT: dict[str, object] = {"seller": SELLER, "account": ACCOUNT}
NOBODY: dict[str, object] = {"seller": SELLER, "account": None}


def money(cents: int) -> str:
    return format_money(cents, "usd", LOCALE)


def parts(**given: int) -> dict[str, str]:
    names = ("payable", "pending", "disputed", "on_plan", "credit")
    return {name: money(given[name]) if name in given else "" for name in names}
