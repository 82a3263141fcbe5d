"""A customer with plans, and those at the desk who answer, change and end them."""

import re
from datetime import date

from sqlalchemy import insert, select, update
from starlette.testclient import TestClient

from portal.records import plans as records
from portal.records.plans import PlanRow
from portal.records.tables import attempts, collection_tries, collections, plans, saved_methods
from portal.records.types import new_public_id
from portal.rules.plans import Shape
from tests.support.house import House
from tests.support.planned import MONTHLY, Planned
from tests.support.reading import words
from tests.support.rows import add_row
from tests.support.staff import Office

WIDE = Shape(0, 6, "month", date(2026, 4, 1))


class Planning(Planned):
    """The shop of `Planned`, and the office beside it."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.office = Office(house.resources, house.clock)

    def asked(self, shape: Shape = WIDE) -> PlanRow:
        """A request, which is beyond the limits."""
        return self.make(shape, words="Our harvest is late.")

    def agreed(self, shape: Shape = MONTHLY) -> PlanRow:
        return self.agree(shape)

    def all(self) -> list[PlanRow]:
        """Every plan of the customer, the newest first."""
        with self.house.resources.reading() as session:
            return list(records.of_account(session, self.account.id))

    def send(self, desk: TestClient, plan: PlanRow, act: str, **typed: str) -> tuple[int, str]:
        """Press a button of the plan's page as it was read at `plan`: the status, and what is shown then."""
        seen = str(len(self.story(plan))) if "seen" not in typed else typed["seen"]
        form = {"version": str(plan.version), "seen": seen, **typed}
        answer = desk.post(f"/admin/plans/{plan.public_id}/{act}", data=form)
        if answer.status_code == 303:
            return 303, words(desk.get(answer.headers["location"]).text)
        return answer.status_code, words(answer.text)

    def collect(
        self, plan: PlanRow, position: int, *, state: str, why: str = "", tried: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """A charge of the plan's card for one instalment, announced on 29 March, with the outcomes of its tries."""
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            method_id = session.execute(select(saved_methods.c.id)).scalar() or add_row(session, saved_methods)
            session.execute(update(saved_methods).values(name="Visa", last4="4242"))
            session.execute(update(plans).where(plans.c.id == plan.id).values(method_id=method_id))
            values = {
                "public_id": new_public_id(), "account_id": self.account.id, "plan_id": plan.id, "position": position,
                "method_id": method_id, "state": state, "why": why, "noticed_cents": 33_334,
                "noticed_on": date(2026, 3, 29), "next_on": date(2026, 4, 3), "created_at": now,
            }  # fmt: skip
            collecting = session.execute(insert(collections).returning(collections.c.id), values).scalar_one()
            for number, (outcome, code) in enumerate(tried, start=1):
                attempt = {"collection_id": collecting, "attempt_id": add_row(session, attempts), "number": number}
                told = {"amount_cents": 33_334, "tried_at": now, "outcome": outcome, "code": code}
                session.execute(insert(collection_tries), {**attempt, **told})

    def page(self, desk: TestClient, plan: PlanRow) -> str:
        answer = desk.get(f"/admin/plans/{plan.public_id}")
        assert answer.status_code == 200, words(answer.text)
        return words(answer.text)


def carried(html: str) -> dict[str, str]:
    """What the form of a page carries along unseen."""
    found = re.findall(r'<input type="hidden" name="(version|seen|newest)" value="([^"]*)">', html)
    return dict(found)
