"""`check` finds instalments that do not add up to what their plan covers (invariant 7)."""

from sqlalchemy import update

from portal.actions.check import check_books
from portal.records.tables import instalments
from tests.support.house import House
from tests.support.planned import Planned


def test_instalments_that_were_tampered_with_are_found(house: House) -> None:
    planned = Planned(house)
    plan = planned.agree()
    with house.resources.writing() as session:
        assert check_books(session, now=house.clock.now()).breaches == ()
        session.execute(update(instalments).where(instalments.c.position == 2).values(amount_cents=33_000))
        found = check_books(session, now=house.clock.now()).breaches
    assert {(breach.invariant, breach.subject) for breach in found} == {(7, f"plan {plan.number}")}
