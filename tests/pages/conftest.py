"""The site on SQLite: what these tests look at is the same on every database."""

from collections.abc import Iterator

import pytest

from portal.records import Database
from tests.support.clock import MovableClock
from tests.support.dispute_site import DisputeSite
from tests.support.house import open_house
from tests.support.paying import PayingSite
from tests.support.plan_site import PlanSite
from tests.support.site import Site


@pytest.fixture
def site(sqlite_database: Database, clock: MovableClock) -> Site:
    return Site(sqlite_database, clock)


@pytest.fixture
def shop(sqlite_database: Database, clock: MovableClock) -> Iterator[PayingSite]:
    """The site with the stand-in for Stripe behind it."""
    with open_house(sqlite_database, clock) as house:
        yield PayingSite(house)


@pytest.fixture
def shop_on_both(database: Database, clock: MovableClock) -> Iterator[PayingSite]:
    """As `shop`, once on each database: for what writes."""
    with open_house(database, clock) as house:
        yield PayingSite(house)


@pytest.fixture
def plan_site(sqlite_database: Database, clock: MovableClock) -> Iterator[PlanSite]:
    """A customer in a confirmed browser who may put 1,000.00 on a plan."""
    with open_house(sqlite_database, clock) as house:
        yield PlanSite(house)


@pytest.fixture
def plan_site_on_both(database: Database, clock: MovableClock) -> Iterator[PlanSite]:
    """As `plan_site`, once on each database: for what writes."""
    with open_house(database, clock) as house:
        yield PlanSite(house)


@pytest.fixture
def desk(sqlite_database: Database, clock: MovableClock) -> Iterator[DisputeSite]:
    """A customer before an invoice of two lines, on which nothing is disputed yet."""
    with open_house(sqlite_database, clock) as house:
        yield DisputeSite(house)
