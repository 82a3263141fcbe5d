"""Complaints about lines of invoices: what customers do about them, and what the owner decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select

from e2e.machine.finding import newest, where
from e2e.machine.move import Move, one_of
from e2e.machine.people import PEOPLE
from e2e.machine.town import Town
from portal.actions import dispute_answers, dispute_decisions, disputes, policies
from portal.actions.dispute_decisions import Offered
from portal.actions.dispute_steps import Speaker
from portal.actions.disputes import Complaint, Filer, Wrong
from portal.actions.policies import Policy
from portal.records import Session, accounts, dispute_talk
from portal.records import disputes as records
from portal.records.disputes import DisputeRow
from portal.records.tables import charges
from portal.records.tables import disputes as disputes_table
from portal.rules.money import plain
from portal.rules.refusals import Refusal
from portal.rules.resolutions import all_of, by_percentage, none_of

_OWNER = Speaker("owner")
_PLACES = (1, 1, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class Dispute(Move):
    """About the only line of one of the customer's invoices, paid or not; what of it is disputed already stays so."""

    line = "customer {customer} disputes {part} of invoice {invoice}"
    weight: ClassVar[int] = 10
    customer: int = one_of(*range(1, len(PEOPLE) + 1))
    part: str = one_of("all", "1/2", "1/3", "its-tax")
    invoice: int = one_of(*_PLACES)

    def act(self, town: Town) -> bool:
        account = town.accounts[self.customer - 1]
        asked = select(charges.c.id, charges.c.amount_cents - charges.c.tax_cents).where(
            charges.c.account_id == account.id, charges.c.kind == "invoice"
        )
        with town.resources.reading() as session:
            charge_id, net_cents = where(session.execute(asked.order_by(charges.c.id)).all(), self.invoice)
        figure = ""
        if self.part in ("1/2", "1/3"):
            figure = plain(net_cents // int(self.part[2:]), account.currency)
        reason = "tax" if self.part == "its-tax" else "other"
        complaint = Complaint(charge_id, (Wrong(1, reason, figure),), "Something is wrong.")
        try:
            disputes.file(town.resources, _filer(town, account.id), complaint, decimal_mark=".", now=town.clock.now())
        except Refusal:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Respond(Move):
    line = "the customer {does} dispute {dispute}"
    weight: ClassVar[int] = 8
    does: str = one_of("answers", "withdraws", "reopens", "reopens", "agrees-in", "agrees-in", "declines-in")
    dispute: int = one_of(*_PLACES)

    def act(self, town: Town) -> bool:
        now = town.clock.now()

        def respond(session: Session, dispute: DisputeRow, policy: Policy) -> None:
            filer, wanted = _filer(town, dispute.account_id), dispute.public_id
            offers = [offer.public_id for offer in dispute_talk.offers(session, dispute.id)] or ["none"]
            match self.does:
                case "answers":
                    dispute_answers.answer(session, filer, wanted, "As I said.", (), now=now)
                case "withdraws":
                    dispute_answers.withdraw(session, filer, wanted, now=now)
                case "reopens":
                    dispute_answers.reopen(session, filer, wanted, "Look again.", (), now=now)
                case "agrees-in":
                    dispute_answers.agree(session, filer, wanted, offers[-1], now=now)
                case _:
                    dispute_answers.decline(session, filer, wanted, offers[-1], "", now=now)

        return _with_dispute(town, self.dispute, respond)


@dataclass(frozen=True, slots=True)
class Decide(Move):
    line = "the owner {does} dispute {dispute}"
    weight: ClassVar[int] = 12
    does: str = one_of(
        "reviews",
        "asks-about",
        "offers-half-in",
        "offers-goods-in",
        "accepts",
        "half-accepts",
        "half-accepts",
        "rejects",
    )
    dispute: int = one_of(*_PLACES)

    def act(self, town: Town) -> bool:
        now = town.clock.now()

        def decide(session: Session, seen: DisputeRow, policy: Policy) -> object:
            dispute = dispute_decisions.load_for(session, seen.public_id, version=seen.version)
            if self.does == "reviews":
                return dispute_decisions.review(session, dispute, _OWNER, policy=policy, now=now)
            if self.does == "asks-about":
                return dispute_decisions.ask(session, dispute, "Which?", _OWNER, policy=policy, now=now)
            if self.does.startswith("offers"):
                half = Offered("percentage", percent_bp=5_000)
                given = half if self.does == "offers-half-in" else Offered("replacement")
                return dispute_decisions.offer(session, dispute, given, _OWNER, policy=policy, now=now)
            lines = dispute_decisions.disputed_lines(session, dispute.id)
            approved = {
                "accepts": [all_of(line) for line in lines],
                "half-accepts": by_percentage(lines, 5_000),
                "rejects": [none_of(line) for line in lines],
            }[self.does]
            return dispute_decisions.decide(session, dispute, approved, "So be it.", _OWNER, policy=policy, now=now)

        return _with_dispute(town, self.dispute, decide)


DISPUTES: tuple[type[Move], ...] = (Dispute, Respond, Decide)


def _filer(town: Town, account_id: int) -> Filer:
    with town.resources.reading() as session:
        [contact] = accounts.contacts_of(session, account_id)
    # No file comes with it, so no browser's session is asked for.
    return Filer(account_id, 0, contact.id)


def _with_dispute(town: Town, place: int, act: Callable[[Session, DisputeRow, Policy], object]) -> bool:
    """Do it about one of the newest; False where it is refused."""
    with town.resources.reading() as session:
        ids = session.execute(select(disputes_table.c.id).order_by(disputes_table.c.id)).scalars().all()
        found = newest([records.by_id(session, each) for each in ids], place)
    if found is None:
        return False
    try:
        with town.resources.writing() as session:
            act(session, found, policies.load(session, now=town.clock.now()))
    except Refusal:
        return False
    return True
