"""A house on each database, and a shop in it."""

from collections.abc import Iterator

import pytest

from portal.actions.check import check_books
from portal.records import Database
from tests.support.clock import MovableClock
from tests.support.collecting import Collected
from tests.support.disputing import Complaints
from tests.support.house import House, open_house
from tests.support.shop import Shop


@pytest.fixture
def house(database: Database, clock: MovableClock) -> Iterator[House]:
    with open_house(database, clock) as opened:
        yield opened


@pytest.fixture
def checked_house(house: House) -> Iterator[House]:
    """A house whose books are checked when the test is over."""
    yield house
    with house.resources.reading() as session:
        assert check_books(session, now=house.clock.now()).breaches == ()


@pytest.fixture
def complaints(checked_house: House) -> Complaints:
    return Complaints(checked_house)


@pytest.fixture
def collected(checked_house: House) -> Collected:
    return Collected(checked_house)


@pytest.fixture
def shop(house: House) -> Shop:
    return Shop(house)
