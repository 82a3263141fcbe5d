"""The office of a seller, whose letters can be read."""

from collections.abc import Iterator

import pytest

from portal.records import Database
from tests.support.clock import MovableClock
from tests.support.house import open_house
from tests.support.office import Office


@pytest.fixture
def office(sqlite_database: Database, clock: MovableClock) -> Iterator[Office]:
    with open_house(sqlite_database, clock) as house:
        made = Office(house)
        made.furnish()
        yield made
