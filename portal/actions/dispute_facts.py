"""What a letter about a dispute may speak of, as of the moment it goes out; and whether it still makes sense then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.actions import dispute_decisions, dispute_letters, dispute_reopening, dispute_steps, statements
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, accounts, charges, credits, dispute_talk, disputes, late_fees, ledger, undone
from portal.records.accounts import AccountRow
from portal.records.charges import ChargeRow
from portal.records.credits import CreditRow
from portal.records.dispute_talk import OfferRow
from portal.records.disputes import DisputeRow, LineRow
from portal.records.letters import LetterRow
from portal.rules import disputes as rules
from portal.rules.statement import Item

# A letter about filing is of this version; the one about opening it again is of a later one.
_FIRST_VERSION = 1


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """A dispute with its invoice. `item` is what is left of that on the account's statement, None for nothing.

    `descriptions` and `invoiced` (quantities) are by a line's position; `asked` and `answered` the last words of each
    side. `offer` is the one that is open, `accepting` what it would leave of the invoice, `agreed` the one that settled
    it. `memos` are its credit memos, `waived_cents` the late fees that it ended, `reopen_until` the last day on which
    it may be opened once more.
    """

    dispute: DisputeRow
    charge: ChargeRow
    lines: Sequence[LineRow]
    descriptions: dict[int, str]
    invoiced: dict[int, str]
    item: Item | None
    asked: str
    answered: str
    offer: OfferRow | None
    accepting: Item | None
    agreed: OfferRow | None
    memos: Sequence[CreditRow]
    waived_cents: int
    reopen_until: date | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dispute that waits for the seller, with the money at stake (tax included)."""

    dispute: DisputeRow
    account: AccountRow
    cents: int


def load(session: Session, dispute_id: int, standing: Standing, *, policy: Policy, now: datetime) -> DisputeFacts:
    """The facts, as the account stands."""
    dispute = disputes.by_id(session, dispute_id)
    lines = charges.lines(session, dispute.charge_id)
    said = dispute_talk.messages(session, dispute.id, with_private=False)
    offers = dispute_talk.offers(session, dispute.id)
    offer = next((each for each in offers if each.state == "open"), None)
    is_decided = dispute.state in rules.DECIDED
    because = dispute_letters.because(dispute)
    return DisputeFacts(
        dispute=dispute,
        charge=charges.by_id(session, dispute.charge_id, policy.today),
        lines=disputes.lines(session, dispute.id),
        descriptions={line.position: line.description for line in lines},
        invoiced={line.position: line.quantity for line in lines},
        item=_left(standing, dispute.charge_id),
        asked=next((each.body for each in reversed(said) if each.author == "staff"), ""),
        answered=next((each.body for each in reversed(said) if each.author == "customer"), ""),
        offer=offer,
        accepting=_accepting(session, dispute, offer, policy=policy, now=now) if offer else None,
        agreed=dispute_reopening.agreed(offers, dispute) if is_decided else None,
        memos=[memo for memo in credits.of_charge(session, dispute.charge_id) if memo.reason == because],
        waived_cents=late_fees.waived_because(session, dispute.charge_id, because),
        reopen_until=dispute_reopening.until(session, dispute, policy=policy),
    )


def overtaken(session: Session, letter: LetterRow) -> str:
    """Why a letter to the customer makes no sense any more; "" where it does."""
    if letter.dispute_id is None or not letter.kind.startswith("dispute_"):
        return ""
    dispute = disputes.by_id(session, letter.dispute_id)
    if letter.kind == "dispute_received":
        is_of_now = dispute.reopened_at is None or not letter.key.endswith(f":{_FIRST_VERSION}")
        is_current = rules.turn(dispute.state) == "seller" and is_of_now  # type: ignore[arg-type]
    else:
        is_current = letter.key == dispute_letters.key(letter.kind, dispute)
    return "" if is_current else "the dispute has moved on since"


def waiting(session: Session) -> Sequence[Waiting]:
    """Every dispute in which it is the seller's turn, the most urgent first."""
    return [
        Waiting(
            dispute,
            accounts.by_id(session, dispute.account_id),
            sum(dispute_steps.unapproved(disputes.lines(session, dispute.id))),
        )
        for dispute in disputes.waiting_for_seller(session)
    ]


def _left(standing: Standing, charge_id: int) -> Item | None:
    """What is open of a charge on the statement."""
    return next((row.item for row in standing.statement.rows if row.item.charge_id == charge_id), None)


def _accepting(session: Session, dispute: DisputeRow, made: OfferRow, *, policy: Policy, now: datetime) -> Item | None:
    """What would be left of the invoice if the offer were accepted: done, looked at, and undone."""
    ledger.lock_account(session, dispute.account_id)
    account = accounts.by_id(session, dispute.account_id)
    with undone(session):
        resolution = dispute_decisions.offered(session, dispute, made)
        dispute_decisions.settle(
            session, account, dispute, resolution, dispute_steps.PORTAL, words="", policy=policy, now=now
        )
        standing = statements.load(session, account, on=policy.today, policy=policy)
        return _left(standing, dispute.charge_id)
