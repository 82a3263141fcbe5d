"""The owner at the command line of a shop, and what the books say after each command."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from e2e.stripe import TEST_KEY
from portal.records import Database
from portal.records.tables import letters, payments
from portal.resources import open_resources
from tests.support.clock import MovableClock
from tests.support.house import open_house
from tests.support.shop import Shop

if TYPE_CHECKING:
    # Fixtures of that room are made here.
    from tests.admin.conftest import CommandLine, Said


class Desk:
    """The owner at the command line of a shop with two invoices, 1001 of 1,000.00 and 1002 of 600.00; 2/10 net 30."""

    def __init__(self, portal: "CommandLine", shop: Shop) -> None:
        self.portal = portal
        self.shop = shop

    def __call__(self, *arguments: str) -> "Said":
        return self.portal(*arguments)

    def record(self, amount: str, *how: str) -> "Said":
        """A cheque that came on 2 March 2026, which is today."""
        how = how if "--received" in how else (*how, "--received", "2026-03-02")
        return self.portal("payment", "record", "Northwind Traders", amount, "--method", "cheque", *how)

    def refuses(self, *arguments: str) -> str:
        """The sentence on the error channel; nothing is printed, and nothing is changed."""
        before = (self.shop.opens(), self.credit, self.kinds())
        said = self.portal(*arguments)
        assert (said.code, said.out) == (1, "")
        assert (self.shop.opens(), self.credit, self.kinds()) == before
        return said.err

    @property
    def credit(self) -> int:
        return self.shop.standing().statement.balance.credit_cents

    def kinds(self) -> list[str]:
        """Methods of the payments and kinds of the letters there are."""
        with self.shop.house.resources.reading() as session:
            methods = session.execute(select(payments.c.method).order_by(payments.c.id)).scalars().all()
            return [*methods, *session.execute(select(letters.c.kind).order_by(letters.c.id)).scalars().all()]


@contextmanager
def open_desk(
    portal: "CommandLine", database: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """Commands read the movable clock and speak to the stand-in for Stripe; the books must hold in the end."""
    with open_house(database, clock) as house:
        monkeypatch.setattr("admin.cli.opening.open_resources", partial(open_resources, clock=clock.now))
        monkeypatch.setenv("PORTAL_STRIPE_SECRET_KEY", TEST_KEY)
        monkeypatch.setenv("PORTAL_STRIPE_API_BASE", house.resources.settings.stripe_api_base)
        desk = Desk(portal, Shop(house))
        yield desk
        assert desk("check").code == 0
