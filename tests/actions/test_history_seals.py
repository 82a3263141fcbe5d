"""The history is closed act by act, and whoever tampers with it is found out."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from portal.actions import history, history_seals
from portal.actions.history_seals import Chain, seal_waiting, walk
from portal.records import Database, Session
from portal.records.append_only import unguard
from portal.records.tables import history as acts
from portal.records.tables import history_seals as seals
from portal.resources import Resources
from tests.support.clock import MovableClock
from tests.support.house import House, open_house
from tests.support.shop import together


def write(session: Session, clock: MovableClock, *words: str) -> None:
    for word in words:
        history.write(session, action=word, actor="staff:1", now=clock.now(), detail={"n": 1, "a": [word, None]})


def seal_all(resources: Resources, clock: MovableClock) -> int:
    done = 0
    while sealed := seal_waiting(resources, now=clock.now()):
        done += sealed
    return done


def chain(resources: Resources, clock: MovableClock) -> Chain:
    with resources.reading() as session:
        return walk(session, now=clock.now())


def test_every_act_is_sealed_once_in_order(database: Database, clock: MovableClock) -> None:
    with open_house(database, clock) as house:
        resources = house.resources
        assert chain(resources, clock) == Chain(0, "", "", 0)
        with resources.writing() as session:
            write(session, clock, "one", "two", "three")
        assert seal_all(resources, clock) == 3
        first = chain(resources, clock)
        assert (first.sealed, first.broken, first.waiting) == (3, "", 0)
        assert seal_all(resources, clock) == 0
        with resources.writing() as session:
            write(session, clock, "four")
        assert seal_all(resources, clock) == 1
        assert chain(resources, clock).head not in ("", first.head)


def test_workers_at_once_make_one_chain(
    database: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_seals, "_AT_ONCE", 7)
    with open_house(database, clock) as house:
        with house.resources.writing() as session:
            write(session, clock, *(f"act {number}" for number in range(40)))
        together(4, lambda: seal_all(house.resources, clock))
        found = chain(house.resources, clock)
        assert (found.sealed, found.broken) == (40, "")


def test_an_act_that_was_committed_late_is_sealed_late(database: Database, clock: MovableClock) -> None:
    with open_house(database, clock) as house:
        with house.resources.writing() as session:
            # As where the transaction with number 4 ends after the one with number 5.
            session.execute(insert(acts), {**ACT, "id": 5, "at": clock.now()})
        seal_all(house.resources, clock)
        with house.resources.writing() as session:
            session.execute(insert(acts), {**ACT, "id": 4, "at": clock.now()})
        assert seal_all(house.resources, clock) == 1
        found = chain(house.resources, clock)
        assert (found.sealed, found.broken) == (2, "")


ACT = {"actor": "cli", "action": "late", "detail": {}}
TAMPERING = {
    "changed": update(acts).where(acts.c.action == "two").values(actor="staff:2"),
    "detail": update(acts).where(acts.c.action == "two").values(detail={"n": 2}),
    "slipped in": update(seals)
    .where(seals.c.id == select(seals.c.id).order_by(seals.c.id).offset(1).limit(1).scalar_subquery())
    .values(hash=b"x" * 32),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_named_by_its_row(database: Database, clock: MovableClock, how: str) -> None:
    with open_house(database, clock) as house:
        two = _three_acts(house, clock)
        with house.resources.writing() as session:
            unguard(session, ["history", "history_seals"])
            session.execute(TAMPERING[how])
        found = chain(house.resources, clock)
        assert found.broken == f"history row {two} (two) is not as it was sealed"


def test_an_act_and_its_seal_that_were_taken_out_leave_a_gap(database: Database, clock: MovableClock) -> None:
    with open_house(database, clock) as house:
        two = _three_acts(house, clock)
        with house.resources.writing() as session:
            unguard(session, ["history", "history_seals"])
            session.execute(delete(seals).where(seals.c.history_id == two))
            session.execute(delete(acts).where(acts.c.id == two))
        assert chain(house.resources, clock).broken == f"history row {two + 1} (three) is not as it was sealed"


def test_neither_acts_nor_seals_can_be_changed_while_the_triggers_stand(
    database: Database, clock: MovableClock
) -> None:
    with open_house(database, clock) as house:
        _three_acts(house, clock)
        for change in (*TAMPERING.values(), delete(seals), delete(acts)):
            with pytest.raises(Exception, match="append-only"), house.resources.writing() as session:
                session.execute(change)


def test_acts_that_nobody_seals_are_counted(database: Database, clock: MovableClock) -> None:
    with open_house(database, clock) as house:
        with house.resources.writing() as session:
            write(session, clock, "one", "two")
        assert chain(house.resources, clock).waiting == 0
        clock.set(clock.now() + timedelta(minutes=6))
        assert chain(house.resources, clock).waiting == 2


def _three_acts(house: House, clock: MovableClock) -> int:
    """Write and seal three acts; the id of the one in the middle."""
    with house.resources.writing() as session:
        write(session, clock, "one", "two", "three")
        two = session.execute(select(acts.c.id).where(acts.c.action == "two")).scalar_one()
    seal_all(house.resources, clock)
    return int(two)
