"""One step of a dispute: from a state to the next, written down with what it holds still from then on.

Whoever decides on an older version is refused: somebody else has moved the dispute meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.actions import attachments, history
from portal.actions.attachments import MOST_FILES
from portal.actions.policies import Policy
from portal.records import Session, credits, dispute_talk, disputes, write_offs
from portal.records.attachments import AttachmentRow
from portal.records.disputes import DisputeRow, LineRow, MoveRow
from portal.rules import disputes as rules
from portal.rules.discounts import Clock
from portal.rules.disputes import Act, Waits
from portal.rules.refusals import Conflict, Refusal

_NO_VALUES: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who acts: a contact of the customer's, one of the seller's staff, or the portal itself."""

    actor: str
    contact_id: int | None = None
    staff_id: int | None = None

    @property
    def author(self) -> str:
        if self.staff_id is not None:
            return "staff"
        return "portal" if self.actor == PORTAL.actor else "customer"


PORTAL = Speaker("portal")


def waits(policy: Policy) -> Waits:
    """How long each side has."""
    return Waits(policy.dispute_reply_days, policy.dispute_answer_days, policy.dispute_reopen_days)


def step(
    session: Session,
    dispute: DisputeRow,
    act: Act,
    by: Speaker,
    *,
    policy: Policy,
    now: datetime,
    offer_until: date | None = None,
    clock: Clock | None = None,
    values: Mapping[str, Any] = _NO_VALUES,
    detail: Mapping[str, object] = _NO_VALUES,
) -> DisputeRow:
    """Take the step and answer the dispute as it stands then; Conflict where it is not possible any more.

    `clock` is the discount clock that a decision leaves running; `values` are other columns to be set with it.
    """
    state = rules.move(dispute.state, act)  # type: ignore[arg-type]
    reply_by = rules.reply_by(state, on=policy.today, waits=waits(policy), offer_until=offer_until)
    if act == "answer" and state == dispute.state:
        reply_by = dispute.reply_by
    if not disputes.change(session, dispute, {**values, "state": state, "moved_at": now, "reply_by": reply_by}):
        raise Conflict("Somebody else has just changed this dispute. Look at it again before you go on.")
    changed = disputes.by_id(session, dispute.id)
    write_move(session, changed, by, clock=clock, on=policy.today, now=now)
    history.write(
        session,
        action=f"dispute.{act}",
        actor=by.actor,
        now=now,
        account_id=dispute.account_id,
        charge_id=dispute.charge_id,
        detail={"dispute": dispute.number, "from": dispute.state, "to": state, **detail},
    )
    return changed


def write_move(
    session: Session, dispute: DisputeRow, by: Speaker, *, clock: Clock | None = None, on: date, now: datetime
) -> None:
    """Write down the state that the dispute is in from now on. While it is open, what is not approved stands still."""
    net_cents, tax_cents = unapproved(disputes.lines(session, dispute.id))
    is_open = dispute.state in rules.OPEN
    disputes.add_move(
        session,
        MoveRow(
            dispute_id=dispute.id,
            charge_id=dispute.charge_id,
            moved_at=now,
            moved_on=on,
            state=dispute.state,
            actor=by.actor,
            disputed_net_cents=net_cents if is_open else 0,
            disputed_tax_cents=tax_cents if is_open else 0,
            clock_net_cents=clock.net_cents if clock else 0,
            clock_tax_cents=clock.tax_cents if clock else 0,
            clock_filed_on=clock.filed_on if clock else None,
            clock_decided_on=clock.decided_on if clock else None,
        ),
    )


def say(
    session: Session,
    dispute: DisputeRow,
    by: Speaker,
    words: str,
    files: Sequence[AttachmentRow] = (),
    *,
    is_private: bool = False,
    now: datetime,
) -> None:
    """Add words, and the files that came with them, to the thread; neither is nothing to be written down."""
    if not words and not files:
        return
    message_id = dispute_talk.say(
        session,
        {
            "dispute_id": dispute.id,
            "said_at": now,
            "author": by.author,
            "contact_id": by.contact_id,
            "staff_id": by.staff_id,
            "is_private": is_private,
            "body": words,
        },
    )
    if files:
        attachments.bind(session, files, dispute_id=dispute.id, message_id=message_id)


def check_files(files: Sequence[object]) -> None:
    """All that a dispute is to hold."""
    if len(files) > MOST_FILES:
        raise Refusal(
            "A dispute holds no more than %(count)s files. Send the rest by email.", field="files", count=MOST_FILES
        )


def gone_cents(session: Session, charge_id: int) -> int:
    """What of a charge is credited or written off, by whatever way: it can be credited no more."""
    credited = sum(memo.amount_cents for memo in credits.of_charge(session, charge_id))
    return credited + sum(each.amount_cents for each in write_offs.given_up(session, [charge_id]))


def last_clock(session: Session, dispute_id: int) -> Clock | None:
    """The clock that the last decision for the customer left running, if there was one."""
    for move in reversed(disputes.moves(session, dispute_id)):
        if move.clock_filed_on is not None and move.clock_decided_on is not None:
            return Clock(move.clock_net_cents, move.clock_tax_cents, move.clock_filed_on, move.clock_decided_on)
    return None


def unapproved(lines: Sequence[LineRow]) -> tuple[int, int]:
    """Net and tax that are disputed and not approved."""
    net_cents = sum(line.disputed_net_cents - line.approved_net_cents for line in lines)
    return net_cents, sum(line.disputed_tax_cents - line.approved_tax_cents for line in lines)
