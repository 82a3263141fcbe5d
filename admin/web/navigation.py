"""The admin's navigation: what there is for a role, where one is, and how much waits behind each entry."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.actions import notices
from portal.records import Session, waiting
from portal.rules.roles import Role, allows


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `waits` is what it counts, in one and in many, empty where nothing is counted there."""

    key: str
    text: str
    href: str
    waits: tuple[str, str] = ("", "")
    reads: Role = "read_only"


ENTRIES = (
    Entry("overview", "Overview", "/admin"),
    Entry("disputes", "Disputes", "/admin/disputes", ("dispute waits for you", "disputes wait for you")),
    Entry("plans", "Payment plans", "/admin/plans", ("plan needs you", "plans need you")),
    Entry("customers", "Customers", "/admin/customers"),
    Entry("invoices", "Invoices", "/admin/invoices"),
    Entry("payments", "Payments", "/admin/payments", ("bank wants an answer", "banks want an answer")),
    Entry("credits", "Credit memos", "/admin/credits"),
    Entry("notices", "Notices", "/admin/notices", ("open notice", "open notices")),
    Entry("letters", "Mail log", "/admin/letters", ("letter could not be sent", "letters could not be sent")),
    Entry("events", "Webhooks", "/admin/events", ("event could not be handled", "events could not be handled")),
    Entry("breaks", "Differences", "/admin/breaks", ("difference with Stripe", "differences with Stripe")),
    Entry("policy", "Policy", "/admin/policy"),
    Entry("history", "History", "/admin/history"),
    Entry("staff", "Staff", "/admin/staff", reads="owner"),
)


def counts(session: Session) -> Mapping[str, int]:
    """How much waits for a person, by the key of the entry."""
    found = waiting.counts(session)
    return {
        "disputes": found.disputes,
        "plans": found.plans,
        "payments": found.chargebacks,
        "notices": len(notices.open_anywhere(session)),
        "letters": found.letters,
        "events": found.events,
        "breaks": found.breaks,
    }


def navigation(waits: Mapping[str, int], role: Role, *, here: str) -> list[dict[str, object]]:
    """The entries for this role. `here` is the path of the page: it lies under one of them, or is one."""
    return [
        {
            "text": entry.text,
            "href": entry.href,
            "count": waits.get(entry.key, 0),
            "count_text": waiting_text(entry, waits.get(entry.key, 0)),
            "is_here": here == entry.href or (entry.href != "/admin" and here.startswith(f"{entry.href}/")),
        }
        for entry in ENTRIES
        if allows(role, entry.reads)
    ]


def waiting_text(entry: Entry, count: int) -> str:
    """`3 open notices`."""
    return f"{count} {entry.waits[count != 1]}"
