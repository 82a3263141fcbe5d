"""The customer's site with the stand-in for Stripe: making a plan, agreeing to it, and following it in a browser."""

import re

from httpx2 import Response

from portal.records import plans
from portal.records.plans import PlanRow
from tests.support.house import House
from tests.support.paying import PayingSite

TERMS = {"name": "Ada Payer", "agree": "yes", "electronic": "yes", "option": "1"}


class PlanSite(PayingSite):
    """`PayingSite`'s customer, in a browser that is confirmed by a code; plans are for the example over 1,000.00."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.customer = self.trust(self.visitor())

    def wish(self, **more: str) -> dict[str, str]:
        """What the form holds for the example in two weekly payments, a fifth of it today."""
        return {
            "charge": self.example.public_id, "down": "200", "count": "2", "every": "week", "first_on": "2026-03-16",
            **more,
        }  # fmt: skip

    def make(self, **more: str) -> PlanRow:
        answer = self.customer.post(f"{self.base}/plans", data=self.wish(**more))
        assert answer.status_code == 303, answer.text
        return self.plan(answer)

    def plan(self, answer: Response) -> PlanRow:
        """The plan whose page an answer leads to."""
        public_id = answer.headers["location"].rsplit("/", 1)[-1].split("?")[0]
        return self.fresh(public_id)

    def fresh(self, public_id: str) -> PlanRow:
        with self.resources.reading() as session:
            found = plans.by_public_id(session, public_id)
        assert found is not None
        return found

    def page(self, plan: PlanRow, rest: str = "") -> str:
        return f"{self.base}/plans/{plan.public_id}{rest}"

    def terms(self, plan: PlanRow, means: str = "hand", **more: str) -> dict[str, str]:
        """What the form below the terms sends when it is filled in."""
        page = self.customer.get(self.page(plan, "/agreement?option=1"))
        assert page.status_code == 200, page.text
        hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', page.text))
        return {**TERMS, **hidden, "means": means, **more}

    def agree(self, plan: PlanRow, means: str = "hand") -> Response:
        return self.customer.post(self.page(plan, "/acceptance"), data=self.terms(plan, means))
