"""The admin's pages on a site with one customer and two invoices, and on a shop with Stripe behind it."""

from collections.abc import Iterator

import pytest

from portal.records import Database
from tests.support.clock import MovableClock
from tests.support.house import open_house
from tests.support.shop import Shop
from tests.support.site import Site
from tests.support.staff import Office


@pytest.fixture
def site(database: Database, clock: MovableClock) -> Site:
    return Site(database, clock)


@pytest.fixture
def office(site: Site) -> Office:
    return Office(site.resources, site.clock)


@pytest.fixture
def shop(database: Database, clock: MovableClock) -> Iterator[Shop]:
    with open_house(database, clock) as house:
        yield Shop(house)


@pytest.fixture
def shop_office(shop: Shop) -> Office:
    return Office(shop.house.resources, shop.house.clock)
