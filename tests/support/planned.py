"""A customer who pays 1,000.00 by a plan, and what the seller and time do to it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from sqlalchemy import select

from e2e.post import hand_over
from portal.actions import (
    credit_memos,
    plan_acceptance,
    plan_changes,
    plan_standing,
    plan_watch,
    plans,
    policies,
    statements,
)
from portal.actions.access import Access
from portal.actions.manual_payments import Recorded, record
from portal.actions.plan_acceptance import Acceptance
from portal.actions.plan_consents import Seen
from portal.actions.plan_standing import PlanStanding
from portal.actions.quotes import Choice
from portal.records import Session, accounts, step_up
from portal.records import plans as records
from portal.records.plans import PlanRow
from portal.records.tables import letters
from portal.rules.balance import Parts
from portal.rules.plans import Shape
from portal.views import plan_terms
from tests.support.books import Invoice
from tests.support.house import House
from tests.support.shop import Shop

MONTHLY = Shape(0, 3, "month", date(2026, 3, 31))
PAPER = b"%PDF-1.7 an agreement"


class Planned(Shop):
    """Invoice 1001 over 1,000.00 is put on a plan; 1002 stays as it is. It is 2 March 2026.

    Letters from which days are counted are sent at once, as far as the books can tell, unless `is_post_slow`.
    """

    is_post_slow = False

    def __init__(self, house: House) -> None:
        super().__init__(house)
        now = house.clock.now()
        with house.resources.writing() as session:
            contact = accounts.contacts_of(session, self.account.id)[0]
            step_up.confirm_device(
                session, contact.id, b"d" * 32, user_agent="Firefox", now=now, expires_at=now.replace(year=2027)
            )
            device = step_up.trusted(session, contact.id, b"d" * 32, now=now)
        assert device is not None
        self.device_id = device.id
        self.access = Access(1, self.account, contact.id, None)

    def on(self, month: int, day: int) -> None:
        self.house.clock.set(datetime(2026, month, day, 15, 0, tzinfo=UTC))

    def set_policy(self, **values: object) -> None:
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            for key, value in values.items():
                policies.set_policy(session, key, str(value), effective_on=date(2026, 1, 1), now=now, actor="test")

    def make(self, shape: Shape = MONTHLY, *, words: str = "", charges: tuple[str, ...] | None = None) -> PlanRow:
        """What the customer's own form makes: an offer within the limits, else a request."""
        with self.house.resources.writing() as session:
            policy = policies.load(session, now=self.house.clock.now())
            standing = statements.load(session, self.account, on=policy.today, policy=policy)
            covered = plans.coverable(standing, charges or (self.first.public_id,))
            wish = plans.Wish(covered, shape, words)
            return plans.make(session, self.access, wish, policy=policy, now=self.house.clock.now())

    def offer(self, covered: Mapping[int, int], *, replaces: PlanRow | None = None) -> PlanRow:
        """What the owner offers: so many cents of these charges, monthly."""
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            terms = plans.Terms(covered, [MONTHLY], date(2026, 3, 16))
            return plans.offer(
                session, self.account, terms, contact_id=None, policy=policies.load(session, now=now), now=now,
                actor="staff:1", replaces=replaces,
            )  # fmt: skip

    def given(self, session: Session, plan: PlanRow, *, option: int = 1) -> Acceptance:
        """What the customer sends who has read the terms as they are now."""
        now = self.house.clock.now()
        policy = policies.load(session, now=now)
        standing = statements.load(session, self.account, on=policy.today, policy=policy)
        offered = plan_acceptance.offered(session, plan, standing, policy=policy)
        dues = offered.dues(option)
        assert dues is not None
        terms = plan_terms.terms(
            plan, option, dues, offered.covered, offered.replaces, standing, account=self.account, policy=policy,
            words=policy.words("usd"),
        )  # fmt: skip
        return Acceptance(
            option=option, name="Ada Payer", consents={"agree": "I agree."}, terms=terms, pdf=PAPER,
            seen=Seen(now, "203.0.113.7", "Firefox", self.device_id),
        )  # fmt: skip

    def accept(self, plan: PlanRow, given: Acceptance | None = None, *, option: int = 1) -> PlanRow:
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            policy = policies.load(session, now=now)
            ready = given or self.given(session, plan, option=option)
            return plan_acceptance.accept(session, self.access, plan.public_id, ready, policy=policy, now=now)

    def agree(self, shape: Shape = MONTHLY) -> PlanRow:
        """Make a plan within wide limits and accept it."""
        self.set_policy(plan_least_down_bp=0, plan_most_days=400, plan_first_days=60)
        return self.accept(self.make(shape))

    def plan(self, plan: PlanRow) -> PlanRow:
        with self.house.resources.reading() as session:
            return records.by_id(session, plan.id)

    def stands(self, plan: PlanRow) -> PlanStanding:
        with self.house.resources.reading() as session:
            policy = policies.load(session, now=self.house.clock.now())
            standing = statements.load(session, self.account, on=policy.today, policy=policy)
            return plan_standing.load(session, records.by_id(session, plan.id), standing, policy=policy)

    def rows(self, plan: PlanRow) -> list[tuple[int, int]]:
        """Paid and open of each instalment."""
        return [(row.paid_cents, row.open_cents) for row in self.stands(plan).rows]

    def parts(self, number: str = "1001") -> Parts:
        return next(row.item.parts for row in self.standing().statement.rows if row.item.number == number)

    def pay(self, plan: PlanRow, cents: int, *, ahead: str = "last", method: str = "card") -> None:
        """By hand, at check and pay."""
        choice = Choice(amount_cents=cents, plan=plan.public_id, ahead=ahead)  # type: ignore[arg-type]
        self.begin(choice, cents, method=method)
        self.sync(self.pay_by_card() if method == "card" else self.pay_by_bank())

    def credit(self, cents: int, *, invoice: Invoice | None = None) -> None:
        """A memo on the first invoice, or on that one."""
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            policy = policies.load(session, now=now)
            credit_memos.issue(
                session, self.account, (invoice or self.first).id, net_cents=cents, tax_cents=0, zone=policy.time_zone,
                reason="Damaged", on=policy.today, now=now,
            )  # fmt: skip

    def send_cheque(self, cents: int, number: str) -> None:
        """Recorded by the owner for the first invoice."""
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            policy = policies.load(session, now=now)
            given = Recorded("cheque", cents, policy.today, policy.today, number, [self.first.id])
            record(session, self.account, given, policy=policy, now=now, actor="staff:1")

    def watch(self) -> int:
        moved = plan_watch.watch(self.house.resources, now=self.house.clock.now())
        self.hand_over()
        return moved

    def hand_over(self) -> None:
        if not self.is_post_slow:
            hand_over(self.house.resources, now=self.house.clock.now())

    def change(self, plan: PlanRow, act: str, *values: object, **more: object) -> None:
        """One of plan_changes, by the owner, on the plan as it stands."""
        now = self.house.clock.now()
        with self.house.resources.writing() as session:
            policy = policies.load(session, now=now)
            standing = statements.load(session, self.account, on=policy.today, policy=policy)
            fresh = records.by_id(session, plan.id)
            takes_row = act in ("pause", "pay_by_hand")
            about = fresh if takes_row else plan_standing.load(session, fresh, standing, policy=policy)
            getattr(plan_changes, act)(session, about, *values, policy=policy, now=now, actor="staff:1", **more)

    def letters(self) -> list[str]:
        """The kinds of the letters about plans that were staged, in their order."""
        with self.house.resources.reading() as session:
            kinds = select(letters.c.kind).where(letters.c.plan_id.is_not(None)).order_by(letters.c.id)
            return list(session.execute(kinds).scalars())

    def story(self, plan: PlanRow) -> list[str]:
        with self.house.resources.reading() as session:
            return [event.kind for event in records.events(session, plan.id)]


def figures(parts: Parts) -> Mapping[str, int]:
    """The parts that are not zero."""
    return {name: cents for name, cents in parts._asdict().items() if cents}
