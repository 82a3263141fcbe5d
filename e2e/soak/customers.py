"""A customer with four invoices, brought in by the import, and the browser that pays them whatever dies meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeVar

import requests

from e2e.bench.books import as_csv
from portal import links as tokens
from portal.actions import imports, links
from portal.records import accounts, charges
from portal.resources import Resources

Answer = TypeVar("Answer")
Method = Literal["card", "ach"]

# Number, terms, amount, and what its button asks for today, in cents.
_BILLS = (
    ("A", "2/10 net 30", "1000.00", 98_000),
    ("B", "net 30", "250.50", 25_050),
    ("C", "net 30", "61.99", 6_199),
    ("D", "net 30", "120.00", 12_000),
)
_PATIENCE_S = 60
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice by its public id; `asked_cents` is on the button."""

    public_id: str
    asked_cents: int


class Customer:
    """One customer, already in the books as `account_id`, with a link of their own. `bills` are four."""

    def __init__(self, resources: Resources, number: int) -> None:
        now = resources.clock()
        self.email = f"ap-{number}@northwind.example"
        rows = [
            (f"Northwind Traders {number}", f"C-{number}", self.email, f"{number}-{letter}", now.date().isoformat(),
             terms, "Rope, 12 mm", amount, "")
            for letter, terms, amount, _ in _BILLS
        ]  # fmt: skip
        report = imports.import_file(resources, as_csv(rows), file_name=f"{number}.csv", now=now, today=now.date())
        assert report.problems == (), report.problems
        with resources.writing() as session:
            account = accounts.find(session, self.email)[0]
            contact = accounts.contacts_of(session, account.id)[0]
            link = links.create_link(
                session,
                account_id=account.id,
                contact_id=contact.id,
                charge_id=None,
                now=now,
                expires_at=now + timedelta(days=30),
            )
            found = charges.open_on(session, account.id, now.date())
        public_ids = {row.number: row.public_id for row in found}
        self.bills = [Bill(public_ids[f"{number}-{letter}"], asked) for letter, _, _, asked in _BILLS]
        self._site = resources.settings.base_url
        self._link = f"/l/{tokens.sign(resources.keys, link.public_id, link.version)}"
        self.account_id = account.id
        self._account = f"/a/{account.public_id}"
        self._browser = requests.Session()
        self._browser.trust_env = False
        self._browser.headers["Sec-Fetch-Site"] = "same-origin"

    def open_link(self) -> bool:
        """Press the button of the pay link; False where it says 503."""
        answer = self._post(self._link)
        assert answer.status_code in (303, 503), answer.text
        return answer.status_code == 303

    def press(self, bill: Bill, method: Method) -> str:
        """Press the button that pays the bill; the id of the checkout whose page it leads to, "" where it says 503."""
        form = {"charge": bill.public_id, "method": method, "expected": str(bill.asked_cents)}
        answer = self._post(f"{self._account}/payments", form)
        if answer.status_code == 503:
            return ""
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("/")[2].partition("#")[0]

    def get(self) -> requests.Response:
        """The statement's page."""
        return _again(lambda: self._browser.get(self._site + self._account, timeout=_PATIENCE_S))

    def _post(self, path: str, form: dict[str, str] | None = None) -> requests.Response:
        return _again(
            lambda: self._browser.post(self._site + path, data=form, allow_redirects=False, timeout=_PATIENCE_S)
        )


def _again(ask: Callable[[], Answer]) -> Answer:
    """Ask until there is an answer: whoever gets none tries again, as people do."""
    for _ in range(_TRIES):
        try:
            return ask()
        except requests.ConnectionError:
            continue
    raise TimeoutError("the portal never answers")
