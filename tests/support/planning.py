"""A plan over money.md's first invoice, 1,000.00 of 1 March: the acts of its customer, of the seller and of time."""

from datetime import date

from portal.actions import plan_acceptance, plan_changes, plan_standing, plan_watch, plans, policies, statements
from portal.actions.access import Access
from portal.actions.plan_acceptance import Acceptance
from portal.actions.plan_consents import Seen
from portal.actions.plan_standing import PlanStanding
from portal.actions.plans import Terms, Wish
from portal.actions.policies import Policy
from portal.records import Session
from portal.records import plans as records
from portal.records.plans import PlanRow
from portal.records.tables import devices
from portal.rules.plans import Shape
from tests.support.office import Office
from tests.support.rows import add_row
from tests.support.shop import cheque

MONTHLY = Shape(0, 3, "month", date(2026, 3, 31))
OWNER = "staff:1"
PAPER = b"%PDF-1.7 as it was agreed to"


class Planner:
    """Where customer and seller agree on plans. Every act is on the newest version, as if each had just looked."""

    def __init__(self, office: Office) -> None:
        self.office, self.resources, self.clock = office, office.house.resources, office.house.clock
        self.access = Access(1, office.account, office.contact_id, None)
        with self.resources.writing() as session:
            self.device_id = add_row(session, devices)

    def policy(self, session: Session) -> Policy:
        return policies.load(session, now=self.clock.now())

    def offer(
        self, *shapes: Shape, cents: int = 100_000, words: str = "As we said.", replaces: PlanRow | None = None
    ) -> PlanRow:
        with self.resources.writing() as session:
            terms = Terms({self.office.first.id: cents}, shapes or (MONTHLY,), date(2026, 3, 16), words)
            return plans.offer(
                session, self.office.account, terms, contact_id=None, policy=self.policy(session),
                now=self.clock.now(), actor=OWNER, replaces=replaces,
            )  # fmt: skip

    def ask(self, words: str = "The season starts late.") -> PlanRow:
        """For more payments than can be had without asking."""
        with self.resources.writing() as session:
            wish = Wish({self.office.first.id: 100_000}, Shape(0, 10, "week", date(2026, 3, 31)), words)
            return plans.make(session, self.access, wish, policy=self.policy(session), now=self.clock.now())

    def accept(self, plan: PlanRow, option: int = 1) -> PlanRow:
        with self.resources.writing() as session:
            policy, now = self.policy(session), self.clock.now()
            chosen = records.options(session, plan.id)[option - 1]
            rows = [
                {"position": due.position, "due_on": due.due_on.isoformat(), "cents": due.amount_cents}
                for due in plans.dues_of(plan, chosen, today=policy.today)
            ]
            terms = {"plan": plan.number, "rows": rows}
            seen = Seen(now, "203.0.113.7", "Browser", self.device_id)
            given = Acceptance(option, "Maria Diaz", {}, terms, PAPER, seen)
            return plan_acceptance.accept(session, self.access, plan.public_id, given, policy=policy, now=now)

    def decline(self, plan: PlanRow) -> None:
        with self.resources.writing() as session:
            current = records.by_id(session, plan.id)
            plans.decline_offer(session, current, self.access, policy=self.policy(session), now=self.clock.now())

    def say_no(self, plan: PlanRow, words: str = "Too long for us.") -> None:
        with self.resources.writing() as session:
            current, policy = records.by_id(session, plan.id), self.policy(session)
            plans.decline_request(session, current, words=words, policy=policy, now=self.clock.now(), actor=OWNER)

    def withdraw(self, plan: PlanRow) -> None:
        with self.resources.writing() as session:
            current, policy = records.by_id(session, plan.id), self.policy(session)
            plans.withdraw(session, current, policy=policy, now=self.clock.now(), actor=OWNER)

    def pause(self, plan: PlanRow, words: str = "Get well soon.") -> None:
        with self.resources.writing() as session:
            current, policy = records.by_id(session, plan.id), self.policy(session)
            plan_changes.pause(session, current, words=words, policy=policy, now=self.clock.now(), actor=OWNER)

    def resume(self, plan: PlanRow) -> None:
        with self.resources.writing() as session:
            found, policy = self.standing(session, plan), self.policy(session)
            plan_changes.resume(session, found, policy=policy, now=self.clock.now(), actor=OWNER)

    def move(self, plan: PlanRow, position: int, to: date) -> None:
        with self.resources.writing() as session:
            found, policy = self.standing(session, plan), self.policy(session)
            plan_changes.move(session, found, position, to, policy=policy, now=self.clock.now(), actor="contact:1")

    def put_off(self, plan: PlanRow, days: int) -> None:
        with self.resources.writing() as session:
            found, policy = self.standing(session, plan), self.policy(session)
            plan_changes.put_off(session, found, days, policy=policy, now=self.clock.now(), actor=OWNER)

    def cancel(self, plan: PlanRow, words: str = "As you asked.") -> None:
        with self.resources.writing() as session:
            found, policy = self.standing(session, plan), self.policy(session)
            plan_changes.cancel(session, found, words=words, policy=policy, now=self.clock.now(), actor=OWNER)

    def pay(self, cents: int) -> None:
        """By cheque, today, for the first invoice."""
        with self.resources.writing() as session:
            cheque(self.office, session, self.office.first.id, cents)

    def watch(self) -> None:
        plan_watch.watch(self.resources, now=self.clock.now())

    def standing(self, session: Session, plan: PlanRow) -> PlanStanding:
        policy = self.policy(session)
        standing = statements.load(session, self.office.account, on=policy.today, policy=policy)
        return plan_standing.load(session, records.by_id(session, plan.id), standing, policy=policy)
