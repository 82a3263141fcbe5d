"""A customer who disputes, and a seller who answers: the acts themselves, on the books of an office."""

from portal.actions import dispute_answers, dispute_decisions, disputes, policies
from portal.actions.dispute_decisions import Offered
from portal.actions.dispute_steps import Speaker
from portal.actions.disputes import Complaint, Filer, Wrong
from portal.actions.policies import Policy
from portal.records import Session, dispute_talk
from portal.records import disputes as records
from portal.records.disputes import DisputeRow
from portal.records.tables import staff
from portal.rules.resolutions import Approved, all_of, none_of
from tests.support.office import Office
from tests.support.rows import add_row


class Counter:
    """Where the two meet. The seller's acts are on the newest version, as if each had looked just before."""

    def __init__(self, office: Office) -> None:
        self.office, self.resources = office, office.house.resources
        self.filer = Filer(office.account.id, 1, office.contact_id)
        with self.resources.writing() as session:
            staff_id = add_row(session, staff)
        self.owner = Speaker(f"staff:{staff_id}", staff_id=staff_id)

    def decide_policy(self, **decided: str) -> None:
        now = self.office.house.clock.now()
        with self.resources.writing() as session:
            for key, text in decided.items():
                policies.set_policy(session, key, text, effective_on=now.date(), now=now, actor="test")

    def file(self, *, reason: str = "other", figure: str = "200.00", words: str = "Two coils were wet.") -> DisputeRow:
        """About the first invoice: 1,000.00, of which 80.00 is tax."""
        complaint = Complaint(self.office.first.id, (Wrong(1, reason, figure),), words)
        return disputes.file(self.resources, self.filer, complaint, decimal_mark=".", now=self.office.house.clock.now())

    def ask(self, dispute: DisputeRow, words: str = "Which coils?") -> DisputeRow:
        with self.resources.writing() as session:
            now, policy = self.office.house.clock.now(), self.policy(session)
            current = records.by_id(session, dispute.id)
            return dispute_decisions.ask(session, current, words, self.owner, policy=policy, now=now)

    def offer(self, dispute: DisputeRow, given: Offered | None = None) -> DisputeRow:
        with self.resources.writing() as session:
            now, policy = self.office.house.clock.now(), self.policy(session)
            current = records.by_id(session, dispute.id)
            wanted = given or Offered("credit", cents=10_000)
            return dispute_decisions.offer(session, current, wanted, self.owner, policy=policy, now=now)

    def decide(self, dispute: DisputeRow, net_cents: int | None = None, words: str = "As ordered.") -> DisputeRow:
        """All of it, nothing of it (0), or that much before tax with its share of the tax."""
        with self.resources.writing() as session:
            now, policy = self.office.house.clock.now(), self.policy(session)
            current = records.by_id(session, dispute.id)
            (line,) = dispute_decisions.disputed_lines(session, dispute.id)
            approved = all_of(line)
            if net_cents is not None:
                tax_cents = line.tax_cents * net_cents // line.net_cents
                approved = Approved(line.position, "", net_cents, tax_cents) if net_cents else none_of(line)
            return dispute_decisions.decide(session, current, [approved], words, self.owner, policy=policy, now=now)

    def answer(self, dispute: DisputeRow, words: str = "The blue ones.") -> None:
        with self.resources.writing() as session:
            now = self.office.house.clock.now()
            dispute_answers.answer(session, self.filer, dispute.public_id, words, (), now=now)

    def agree(self, dispute: DisputeRow) -> None:
        with self.resources.writing() as session:
            now, offer = self.office.house.clock.now(), open_offer(session, dispute)
            dispute_answers.agree(session, self.filer, dispute.public_id, offer, now=now)

    def decline(self, dispute: DisputeRow) -> None:
        with self.resources.writing() as session:
            now, offer = self.office.house.clock.now(), open_offer(session, dispute)
            dispute_answers.decline(session, self.filer, dispute.public_id, offer, "Too little.", now=now)

    def withdraw(self, dispute: DisputeRow) -> None:
        with self.resources.writing() as session:
            now = self.office.house.clock.now()
            dispute_answers.withdraw(session, self.filer, dispute.public_id, now=now)

    def reopen(self, dispute: DisputeRow) -> None:
        with self.resources.writing() as session:
            now = self.office.house.clock.now()
            dispute_answers.reopen(session, self.filer, dispute.public_id, "Look again.", (), now=now)

    def current(self, dispute: DisputeRow) -> DisputeRow:
        with self.resources.reading() as session:
            return records.by_id(session, dispute.id)

    def policy(self, session: Session) -> Policy:
        return policies.load(session, now=self.office.house.clock.now())


def open_offer(session: Session, dispute: DisputeRow) -> str:
    offer = dispute_talk.open_offer(session, dispute.id)
    assert offer is not None
    return offer.public_id
