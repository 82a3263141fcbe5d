"""A house on each database, and a shop in it."""

from collections.abc import Iterator

import pytest

from portal.records import Database
from tests.support.clock import MovableClock
from tests.support.house import House, open_house
from tests.support.shop import Shop


@pytest.fixture
def house(database: Database, clock: MovableClock) -> Iterator[House]:
    with open_house(database, clock) as opened:
        yield opened


@pytest.fixture
def shop(house: House) -> Shop:
    return Shop(house)
