"""Days to answer: one reminder, then the seller's turn, one digest a day; late, twice, or by two workers at once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from portal.actions import dispute_deadlines
from portal.records import Database, disputes
from portal.records.disputes import DisputeRow
from portal.records.tables import dispute_offers
from portal.records.tables import letters as letters_table
from tests.support.clock import MovableClock
from tests.support.counter import Counter
from tests.support.house import open_house
from tests.support.office import Office
from tests.support.shop import together


@pytest.fixture
def counter(database: Database, clock: MovableClock) -> Iterator[Counter]:
    with open_house(database, clock) as house:
        office = Office(house)
        office.furnish()
        yield Counter(office)


def watch(counter: Counter) -> int:
    house = counter.office.house
    return dispute_deadlines.watch(house.resources, now=house.clock.now())


def staged(counter: Counter, kind: str) -> int:
    with counter.office.house.resources.reading() as session:
        return len(session.execute(select(letters_table.c.id).where(letters_table.c.kind == kind)).all())


def states(counter: Counter, dispute: DisputeRow) -> list[str]:
    with counter.office.house.resources.reading() as session:
        return [move.state for move in disputes.moves(session, dispute.id)]


def test_a_reminder_goes_out_once_before_the_day_is_over(counter: Counter) -> None:
    counter.ask(counter.file())
    clock = counter.office.house.clock
    assert watch(counter) == 0
    clock.move(days=12)
    assert watch(counter) == 1
    clock.move(days=1)
    assert watch(counter) == 0
    clock.move(days=1)
    assert watch(counter) == 0
    assert staged(counter, "dispute_reminder") == 1


def test_who_writes_about_an_offer_is_not_reminded_of_it_again(counter: Counter) -> None:
    dispute = counter.offer(counter.file())
    counter.office.house.clock.move(days=12)
    assert watch(counter) == 1
    counter.answer(dispute, "We are thinking about it.")
    assert watch(counter) == 0


def test_a_new_question_brings_a_reminder_of_its_own(counter: Counter) -> None:
    dispute = counter.ask(counter.file())
    clock = counter.office.house.clock
    clock.move(days=13)
    watch(counter)
    counter.answer(dispute)
    counter.ask(dispute, "And since when?")
    assert watch(counter) == 0
    clock.move(days=13)
    assert watch(counter) == 1
    assert staged(counter, "dispute_reminder") == 2


def test_a_day_that_went_by_makes_it_the_sellers_turn(counter: Counter) -> None:
    dispute = counter.offer(counter.file())
    counter.office.house.clock.move(days=14)
    watch(counter)
    assert states(counter, dispute) == ["new", "offered"]
    counter.office.house.clock.move(days=1)
    assert watch(counter) == 1
    assert watch(counter) == 0
    assert states(counter, dispute) == ["new", "offered", "in_review"]
    assert staged(counter, "seller_claim_unanswered") == 1
    with counter.office.house.resources.reading() as session:
        assert session.execute(select(dispute_offers.c.state)).scalars().all() == ["expired"]


def test_a_worker_that_was_away_for_months_does_not_remind_of_what_is_over(counter: Counter) -> None:
    dispute = counter.ask(counter.file())
    counter.office.house.clock.move(days=120)
    assert watch(counter) == 1
    assert states(counter, dispute)[-1] == "in_review"
    assert staged(counter, "dispute_reminder") == 0


def test_two_workers_at_once_do_nothing_twice(counter: Counter) -> None:
    dispute = counter.ask(counter.file())
    counter.decide_policy(dispute_notice="daily")
    clock = counter.office.house.clock
    clock.move(days=13)
    together(2, lambda: watch(counter))
    assert staged(counter, "dispute_reminder") == 1
    clock.move(days=2)
    together(2, lambda: watch(counter))
    assert states(counter, dispute) == ["new", "waiting", "in_review"]
    assert staged(counter, "seller_claims") == 1


def test_one_digest_a_day_and_none_where_nothing_waits(counter: Counter) -> None:
    counter.decide_policy(dispute_notice="daily")
    assert watch(counter) == 0
    dispute = counter.file()
    assert staged(counter, "seller_claim_filed") == 0
    assert watch(counter) == 1
    assert watch(counter) == 0
    counter.office.house.clock.move(days=1)
    assert watch(counter) == 1
    counter.ask(dispute)
    counter.office.house.clock.move(days=1)
    assert watch(counter) == 0
    assert staged(counter, "seller_claims") == 2


def test_who_is_told_at_once_gets_no_digest(counter: Counter) -> None:
    counter.file()
    assert watch(counter) == 0
    assert staged(counter, "seller_claim_filed") == 1
    assert staged(counter, "seller_claims") == 0
