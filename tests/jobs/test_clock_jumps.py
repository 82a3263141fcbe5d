"""A clock that jumps, by a day or a year, ahead or back, makes no work be done twice and loses none."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal.actions.check import check_books
from portal.jobs.worker import run_once
from portal.records import Database
from portal.records import letters as letter_records
from tests.support.clock import MovableClock
from tests.support.dump import dump
from tests.support.house import House, open_house
from tests.support.shop import Shop

_BOOKS = ("payments", "allocations", "releases", "movements", "letters", "refunds", "chargebacks", "attempts")


@pytest.fixture
def house(database: Database, clock: MovableClock) -> Iterator[House]:
    with open_house(database, clock) as opened:
        yield opened


@pytest.mark.parametrize("days", [1, -1, 366, -366])
def test_a_jump_does_nothing_twice(house: House, database: Database, days: int) -> None:
    shop = Shop(house)
    shop.pay_first()
    shop.sync(shop.pay_by_card())
    run_once(house.resources, now=house.clock.now())
    before = dump(database)
    house.clock.move(days=days)
    for _ in range(3):
        run_once(house.resources, now=house.clock.now())
    house.clock.move(days=-days)
    run_once(house.resources, now=house.clock.now())
    after = dump(database)
    assert {name: after[name] for name in _BOOKS} == {name: before[name] for name in _BOOKS}
    with house.resources.reading() as session:
        assert check_books(session, now=house.clock.now()).breaches == ()


def test_a_sender_that_died_is_replaced_when_its_lease_ends(house: House) -> None:
    shop = Shop(house)
    shop.pay_first()
    shop.sync(shop.pay_by_card())
    now = house.clock.now()
    with house.resources.writing() as session:
        claimed = letter_records.claim(session, now)
    assert claimed is not None
    with house.resources.writing() as session:
        assert letter_records.claim(session, now + letter_records.LEASE - timedelta(seconds=1)) is None
    with house.resources.writing() as session:
        again = letter_records.claim(session, now + letter_records.LEASE)
    assert again is not None
    assert (again.id, again.message_id) == (claimed.id, claimed.message_id)
