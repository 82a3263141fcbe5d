"""The customer's site with the stand-in for Stripe: making a plan, agreeing to it, and following it in a browser."""

import re

from httpx2 import Response
from sqlalchemy import select

from portal.records import plan_consents, plans
from portal.records import saved_methods as method_records
from portal.records.plan_consents import ConsentRow
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.records.tables import setups
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
        return {**TERMS, **hidden(page.text), "means": means, **more}

    def save(self, kind: str = "card") -> MethodRow:
        """A card, or (ach) a bank account, saved on Stripe's page for nothing in particular."""
        page = self.customer.get(f"{self.base}/methods").text
        form = next(each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'value="{kind}"' in each)
        answer = self.customer.post(f"{self.base}/setups", data={"kind": kind, "shown": hidden(form)["shown"]})
        assert answer.status_code == 303, answer.text
        with self.resources.reading() as session:
            setup = session.execute(select(setups).order_by(setups.c.id.desc())).first()
        assert setup is not None
        submit = self.house.stripe.pay_by_card if kind == "card" else self.house.stripe.pay_by_bank
        submit(setup.checkout_id)
        self.customer.get(f"{self.base}/setups/{setup.public_id}")
        with self.resources.reading() as session:
            return method_records.of_account(session, self.account.id)[0]

    def choice(self, plan: PlanRow, means: str) -> dict[str, str]:
        """What the form on which a plan's method is chosen sends."""
        return {**hidden(self.customer.get(self.page(plan, "/method")).text), "means": means}

    def chosen(self, plan: PlanRow) -> list[ConsentRow]:
        """What is kept of each choice of the plan's method."""
        with self.resources.reading() as session:
            return list(plan_consents.of_plan(session, plan.id))

    def agree(self, plan: PlanRow, means: str = "hand") -> Response:
        return self.customer.post(self.page(plan, "/acceptance"), data=self.terms(plan, means))


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', page))
