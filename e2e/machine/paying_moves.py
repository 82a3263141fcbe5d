"""What customers do: look, press, press again, take over, pay on Stripe's page (an old one too), come back."""

from dataclasses import dataclass
from typing import Any, ClassVar

from e2e.machine.finding import (
    SESSION,
    attempts_of,
    newest,
    open_charges,
    payable_cents,
    where,
)
from e2e.machine.move import Move, one_of
from e2e.machine.people import VISITORS_EACH
from e2e.machine.town import Town
from e2e.stripe.errors import ApiError
from portal.rules.money import plain, stripe_step_cents

_VISITORS = range(1, 9)
_WHAT = ("1", "2", "3", "1+2", "all", "half", "third", "most")
_METHODS = ("card", "ach")
CARDS = {
    "card": "4242424242424242",
    "declined": "4000000000000002",
    "challenge": "4000002760003184",
    "disputed": "4000000000000259",
}
ACCOUNTS = {
    "bank": "000123456789",
    "closed": "000111111113",
    "empty": "000222222227",
    "unauthorized": "000333333335",
    "returned": "000555555559",
}


@dataclass(frozen=True, slots=True)
class Look(Move):
    line = "visitor {visitor} looks at paying {what}"
    visitor: int = one_of(*_VISITORS)
    what: str = one_of(*_WHAT)

    def act(self, town: Town) -> bool:
        return _look(town, self.visitor, self.what)


@dataclass(frozen=True, slots=True)
class Press(Move):
    """The button of the page that is shown, which may be an old one, or say that somebody else is paying."""

    line = "visitor {visitor} presses pay by {method}"
    weight: ClassVar[int] = 8
    visitor: int = one_of(*_VISITORS)
    method: str = one_of(*_METHODS)

    def act(self, town: Town) -> bool:
        return bool(town.visitors[self.visitor - 1].press(self.method))


@dataclass(frozen=True, slots=True)
class Open(Move):
    """Look, press, and where somebody else is paying press again; Stripe's page stays open."""

    line = "visitor {visitor} opens Stripe's page for {what} by {method}"
    weight: ClassVar[int] = 16
    visitor: int = one_of(*_VISITORS)
    what: str = one_of(*_WHAT)
    method: str = one_of(*_METHODS)

    def act(self, town: Town) -> bool:
        return bool(open_page(town, self.visitor, self.what, self.method))


@dataclass(frozen=True, slots=True)
class Pay(Move):
    """All the way to Stripe and through it."""

    line = "visitor {visitor} pays {what} by {method}"
    weight: ClassVar[int] = 16
    visitor: int = one_of(*_VISITORS)
    what: str = one_of(*_WHAT)
    method: str = one_of(*_METHODS)

    def act(self, town: Town) -> bool:
        checkout = open_page(town, self.visitor, self.what, self.method)
        return bool(checkout) and submit(town, checkout, "card" if self.method == "card" else "bank")


@dataclass(frozen=True, slots=True)
class Submit(Move):
    """Whatever page of Stripe's is still open: 1 is the newest, the others were left in other tabs."""

    line = "page {page} is paid with {how}"
    weight: ClassVar[int] = 16
    page: int = one_of(1, 1, 1, 2, 3)
    how: str = one_of("card", "card", "bank", "bank", *CARDS, *ACCOUNTS)

    def act(self, town: Town) -> bool:
        page = newest(town.world.all(SESSION), self.page, lambda each: each["status"] == "open")
        return page is not None and submit(town, page["id"], self.how)


@dataclass(frozen=True, slots=True)
class Challenge(Move):
    line = "the bank's question is answered {how}"
    how: str = one_of("well", "badly")

    def act(self, town: Town) -> bool:
        asked = newest(town.world.all("payment_intent"), 1, lambda each: each["status"] == "requires_action")
        if asked is None:
            return False
        town.world.finish_challenge(asked["id"], passed=self.how == "well")
        return True


@dataclass(frozen=True, slots=True)
class ComeBack(Move):
    """The page that Stripe sends the browser to; it asks Stripe itself."""

    line = "visitor {visitor} comes back from payment {attempt}"
    weight: ClassVar[int] = 6
    visitor: int = one_of(*_VISITORS)
    attempt: int = one_of(1, 1, 2, 3)

    def act(self, town: Town) -> bool:
        found = newest(attempts_of(town, _account(town, self.visitor)), self.attempt)
        if found is None:
            return False
        town.visitors[self.visitor - 1].get(f"/payments/{found.public_id}")
        return True


@dataclass(frozen=True, slots=True)
class ReadAll(Move):
    """The pages that show what came of it."""

    line = "visitor {visitor} reads everything"
    weight: ClassVar[int] = 2
    visitor: int = one_of(*_VISITORS)

    def act(self, town: Town) -> bool:
        read_everything(town, self.visitor)
        return True


PAYING: tuple[type[Move], ...] = (Look, Press, Open, Pay, Submit, Challenge, ComeBack, ReadAll)


def open_page(town: Town, visitor: int, what: str | dict[str, Any], method: str) -> str:
    """The id of the checkout, "" where none was opened; `what` in words, or as the page is asked for it."""
    browser = town.visitors[visitor - 1]
    is_there = _look(town, visitor, what) if isinstance(what, str) else browser.look(what)
    return (browser.press(method) or browser.press(method)) if is_there else ""


def submit(town: Town, checkout: str, how: str) -> bool:
    """Pay on Stripe's page; False where it no longer is open, or takes no such thing."""
    try:
        if how in CARDS:
            town.world.pay_by_card(checkout, CARDS[how])
        else:
            town.world.pay_by_bank(checkout, ACCOUNTS[how])
    except ApiError:
        return False
    return True


def read_everything(town: Town, visitor: int) -> None:
    browser = town.visitors[visitor - 1]
    for path in ("", "/payments", "/statement.csv"):
        browser.get(path)


def _account(town: Town, visitor: int) -> int:
    return town.accounts[(visitor - 1) // VISITORS_EACH].id


def _look(town: Town, visitor: int, what: str) -> bool:
    query = _query(town, _account(town, visitor), what)
    return query is not None and town.visitors[visitor - 1].look(query)


def _query(town: Town, account_id: int, what: str) -> dict[str, Any] | None:
    """Charges by their place among the open ones, or an amount of money."""
    shown = open_charges(town, account_id)
    if not shown:
        return None
    if what in ("half", "third", "most"):
        currency = next(each.currency for each in town.accounts if each.id == account_id)
        whole = payable_cents(town, account_id)
        cents = {"half": whole // 2, "third": whole // 3, "most": whole * 49 // 50}[what]
        return {"amount": plain(cents - cents % stripe_step_cents(currency), currency)}
    chosen = shown if what == "all" else [where(shown, int(place)) for place in what.split("+")]
    return {"charge": list(dict.fromkeys(each.public_id for each in chosen))}
