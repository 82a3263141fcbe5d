"""A browser in somebody's hands: it opens a pay link, looks at what paying would cost, and presses the button."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

from e2e.machine.breach import Breach

if TYPE_CHECKING:
    from e2e.machine.town import Town

_OPEN_FOR = timedelta(hours=11)
# What a press may lead to: Stripe's page, other figures or somebody else, a refusal, Stripe away or unwilling.
_ANSWERS = (303, 409, 400, 404, 422, 502, 503)


class Visitor:
    """`page` is the check-and-pay page that this browser shows, as old as it may be."""

    def __init__(self, town: "Town", account: str, link: str) -> None:
        self._town = town
        self._base = f"/a/{account}"
        self._link = link
        self._browser = town.browser()
        self._opened_at: datetime | None = None
        self.page = ""

    def look(self, query: dict[str, Any]) -> bool:
        """Load check and pay; False where there is nothing of it to pay."""
        answer = self.get("/pay", query)
        found = answer.status_code == 200 and _form(answer.text) is not None
        if found:
            self.page = answer.text
        return found

    def press(self, method: str) -> str:
        """Press the button of the page; the id of the checkout it leads to, "" where it leads nowhere."""
        form = _fields(self.page)
        if form is None:
            return ""
        answer = self._ask("POST", "/payments", data=form | {"method": method})
        if answer.status_code not in _ANSWERS:
            raise Breach(f"pressing the button answered {answer.status_code}: {answer.text[:200]}")
        if answer.status_code != 303:
            self.page = answer.text if _form(answer.text) else self.page
            return ""
        return str(answer.headers["location"]).rpartition("/")[2]

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        answer = self._ask("GET", path, params=query)
        if answer.status_code >= 500 and answer.status_code != 503:
            raise Breach(f"{path} answered {answer.status_code}: {answer.text[:200]}")
        return answer

    def _ask(self, method: str, path: str, **given: Any) -> Any:
        now = self._town.clock.now()
        if self._opened_at is None or now - self._opened_at > _OPEN_FOR:
            opened = self._browser.post(self._link)
            if opened.status_code != 303:
                raise Breach(f"the pay link answered {opened.status_code}: {opened.text[:200]}")
            self._opened_at = now
        return self._browser.request(method, self._base + path, **given)


def _form(page: str) -> str | None:
    found = re.search(r'<form[^>]*method="post"[^>]*/payments".*?</form>', page, re.DOTALL)
    return found[0] if found else None


def _fields(page: str) -> dict[str, Any] | None:
    """What the page's paying form sends, but for the method."""
    form = _form(page)
    if form is None:
        return None
    found: dict[str, Any] = {"charge": []}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name is None or value is None:
            continue
        if name[1] == "charge":
            found["charge"].append(unescape(value[1]))
        else:
            found[name[1]] = unescape(value[1])
    return found
