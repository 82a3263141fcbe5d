"""The office of a seller, whose letters can be read."""

from collections.abc import Iterator

import pytest

from portal.records import Database
from tests.support.clock import MovableClock
from tests.support.office import Office, open_office


@pytest.fixture
def office(sqlite_database: Database, clock: MovableClock) -> Iterator[Office]:
    with open_office(Office, sqlite_database, clock) as made:
        yield made
