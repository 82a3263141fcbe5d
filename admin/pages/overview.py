"""The first page: what needs a person now."""

from starlette.responses import Response

from admin.web import navigation
from admin.web.desk import StaffVisit

# What to do about each, most pressing first.
_ABOUT = {
    "payments": ("A customer disputes a payment with the bank. Answer it in Stripe, in time.", "Look at them"),
    "disputes": ("Their customers wait for an answer.", "Answer them"),
    "plans": ("Customers ask for a payment plan, or are late with one.", "Look at them"),
    "notices": ("Customers say that money is on its way, or ask for their credit back.", "Look at them"),
    "breaks": ("Stripe and the ledger do not say the same.", "Compare them"),
    "events": ("Stripe told us something that could not be brought in. Money may be missing.", "Try them again"),
    "letters": ("Somebody did not get what they should have read.", "Send them again"),
}
# Where the list has more than what waits.
_WHERE = {
    "payments": "?state=contested",
    "notices": "?state=open",
    "breaks": "?state=open",
    "events": "?state=dead",
    "letters": "?state=dead",
}


def show(visit: StaffVisit) -> Response:
    """Whatever waits, with the way to it."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        waits = navigation.counts(session)
    entries = {entry.key: entry for entry in navigation.ENTRIES}
    tasks = [
        {
            "count": waits[key],
            "title": _capital(entries[key].waits[waits[key] != 1]),
            "about": about,
            "href": f"{entries[key].href}{_WHERE.get(key, '')}",
            "go": go,
        }
        for key, (about, go) in _ABOUT.items()
        if waits[key]
    ]
    context = {"today": policy.words(policy.currency).date(policy.today), "tasks": tasks}
    return visit.page("admin/overview.html", context, policy=policy)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
