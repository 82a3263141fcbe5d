"""Filing a dispute about lines of an invoice.

What is claimed is checked against the invoice's lines under the account's lock, so that no line is disputed twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from portal.actions import (
    attachments,
    checkouts,
    dispute_decisions,
    dispute_goodwill,
    dispute_letters,
    dispute_steps,
    history,
    policies,
)
from portal.actions.dispute_steps import Speaker
from portal.actions.policies import Policy
from portal.actions.statements import Held, Standing
from portal.actions.statements import load as load_standing
from portal.records import Session, accounts, attempts, charges, disputes, ledger, numbers
from portal.records.accounts import AccountRow
from portal.records.charges import ChargeRow
from portal.records.disputes import DisputeRow
from portal.resources import Resources
from portal.rules import claims as rules
from portal.rules import disputes as state_rules
from portal.rules.claims import Claim, ClaimedLine
from portal.rules.money import DecimalMark
from portal.rules.refusals import Conflict, NotFound, Refusal
from portal.rules.resolutions import DisputedLine, all_of, resolve

LONGEST_WORDS = 4_000
_SAME_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What the customer says about one line: its position, the reason, and the figure beside it as typed."""

    position: int
    reason: str
    figure: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """Several lines of one charge, in one go; `files` are public ids of what was uploaded for it."""

    charge_id: int
    wrong: tuple[Wrong, ...]
    words: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filer:
    """Who files: the browser's session, and the contact its link was sent to."""

    account_id: int
    session_id: int
    contact_id: int | None

    @property
    def speaker(self) -> Speaker:
        actor = f"contact:{self.contact_id}" if self.contact_id else f"session:{self.session_id}"
        return Speaker(actor, contact_id=self.contact_id)


class ClaimsRefused(Refusal):
    """What is wrong with which line: (position, refusal); a refusal's field is `reason` or `figure`."""

    def __init__(self, refusals: Sequence[tuple[int, Refusal]]) -> None:
        super().__init__("Look at the lines that you marked: something about them is missing.")
        self.refusals = tuple(refusals)


def claimed_lines(session: Session, charge: ChargeRow) -> Sequence[ClaimedLine]:
    """The lines of a charge as they may be disputed; a charge without lines is one line at position 0."""
    taken = disputes.taken(session, charge.id)
    found = [
        (line.position, line.quantity, line.amount_cents, line.tax_cents) for line in charges.lines(session, charge.id)
    ] or [(0, "", charge.amount_cents - charge.tax_cents, charge.tax_cents)]
    return [
        ClaimedLine(position, quantity, net_cents, tax_cents, *(taken[position][1:] if position in taken else (0, 0)))
        for position, quantity, net_cents, tax_cents in found
    ]


def check_disputable(charge: ChargeRow, *, policy: Policy) -> None:
    """Refuse what is no invoice, and an invoice that is too old."""
    if charge.kind != "invoice":
        raise Refusal("Only invoices can be disputed here. Contact us about this charge.")
    rules.check_in_time(issued_on=charge.issued_on, days=policy.dispute_days, today=policy.today)


def claim(
    session: Session, charge: ChargeRow, wrong: Sequence[Wrong], *, currency: str, decimal_mark: DecimalMark | None
) -> Sequence[Claim]:
    """What is disputed of each line; ClaimsRefused names every line that cannot be claimed like that."""
    if not wrong:
        raise Refusal("Choose at least one line.", field="line")
    if len({each.position for each in wrong}) < len(wrong):
        raise Refusal("Say one thing about each line, and the rest in your own words.", field="line")
    by_position = {line.position: line for line in claimed_lines(session, charge)}
    found, refusals = [], []
    for each in wrong:
        line = by_position.get(each.position)
        if line is None:
            raise NotFound("That line is not on this invoice. Look at the invoice again.")
        try:
            found.append(rules.claim(line, each.reason, each.figure, currency=currency, decimal_mark=decimal_mark))
        except Refusal as refusal:
            refusals.append((each.position, refusal))
    if refusals:
        raise ClaimsRefused(refusals)
    check_room(session, charge, sum(each.net_cents + each.tax_cents for each in found))
    return found


def suppose(
    session: Session, account: AccountRow, charge_id: int, claims: Sequence[Claim], *, policy: Policy
) -> Standing:
    """The account as it will stand once these claims are filed: what is disputed, and what is to pay of the rest."""
    held = Held(sum(each.net_cents for each in claims), sum(each.tax_cents for each in claims))
    return load_standing(session, account, on=policy.today, policy=policy, supposing={charge_id: held})


def file(
    resources: Resources, filer: Filer, complaint: Complaint, *, decimal_mark: DecimalMark | None, now: datetime
) -> DisputeRow:
    """File it, give goodwill where the budget has it, and end checkouts that would pay what is disputed now.

    The same complaint sent twice is one dispute.
    """
    with resources.writing() as session:
        filed = _file(session, filer, complaint, decimal_mark=decimal_mark, now=now)
        open_checkouts = attempts.holding(session, [complaint.charge_id])
    for attempt in open_checkouts:
        try:
            checkouts.end(resources, attempt, now=now)
        except Refusal:
            # Stripe is away. Should the page be paid after all, what is open takes the money and the rest is credit.
            continue
    return filed


def _file(
    session: Session, filer: Filer, complaint: Complaint, *, decimal_mark: DecimalMark | None, now: datetime
) -> DisputeRow:
    ledger.lock_account(session, filer.account_id)
    policy = policies.load(session, now=now)
    account = accounts.by_id(session, filer.account_id)
    charge = charges.by_id(session, complaint.charge_id, policy.today)
    if charge.account_id != account.id:
        raise NotFound("That invoice is not one of yours. Look at your statement.")
    again = _same(session, charge, complaint, currency=account.currency, decimal_mark=decimal_mark, now=now)
    if again is not None:
        return again
    check_disputable(charge, policy=policy)
    words = check_words(complaint.words)
    found = claim(session, charge, complaint.wrong, currency=account.currency, decimal_mark=decimal_mark)
    dispute_steps.check_files(complaint.files)
    files = attachments.drafts(session, filer.session_id, filer.account_id, complaint.files)
    dispute = _add(session, filer, charge, found, policy=policy, now=now)
    dispute_steps.say(session, dispute, filer.speaker, words, files, now=now)
    history.write(
        session,
        action="dispute.filed",
        actor=filer.speaker.actor,
        now=now,
        account_id=account.id,
        charge_id=charge.id,
        detail={
            "dispute": dispute.number,
            "lines": {str(each.position): each.reason for each in found},
            "disputed_cents": sum(each.net_cents + each.tax_cents for each in found),
        },
    )
    if dispute_goodwill.is_given(session, account, charge, found, policy=policy):
        lines = [DisputedLine(each.position, each.quantity, each.net_cents, each.tax_cents) for each in found]
        resolution = resolve(lines, [all_of(line) for line in lines])
        return dispute_decisions.settle(
            session, account, dispute, resolution, dispute_steps.PORTAL, words="", is_goodwill=True,
            policy=policy, now=now,
        )  # fmt: skip
    dispute_letters.tell_received(session, dispute, now=now)
    dispute_letters.tell_seller(session, dispute, "filed", policy=policy, now=now)
    return dispute


def _add(
    session: Session, filer: Filer, charge: ChargeRow, found: Sequence[Claim], *, policy: Policy, now: datetime
) -> DisputeRow:
    dispute = disputes.add(
        session,
        {
            "account_id": charge.account_id,
            "charge_id": charge.id,
            "contact_id": filer.contact_id,
            "number": numbers.next_dispute_number(session, "D"),
            "state": "new",
            "filed_at": now,
            "filed_on": policy.today,
            "moved_at": now,
            "reply_by": state_rules.reply_by("new", on=policy.today, waits=dispute_steps.waits(policy)),
        },
        [
            {
                "position": each.position,
                "reason": each.reason,
                "claimed": each.claimed,
                "disputed_quantity": each.quantity,
                "disputed_net_cents": each.net_cents,
                "disputed_tax_cents": each.tax_cents,
            }
            for each in found
        ],
    )
    dispute_steps.write_move(session, dispute, filer.speaker, on=policy.today, now=now)
    return dispute


def _same(
    session: Session,
    charge: ChargeRow,
    complaint: Complaint,
    *,
    currency: str,
    decimal_mark: DecimalMark | None,
    now: datetime,
) -> DisputeRow | None:
    """A dispute filed a moment ago that says the same about the same lines: the button was pressed twice."""
    recent = [
        dispute for dispute in disputes.of_charge(session, charge.id)
        if dispute.state != "withdrawn" and now - dispute.filed_at < _SAME_WITHIN
    ]  # fmt: skip
    untouched = {
        line.position: replace(line, taken_net_cents=0, taken_tax_cents=0) for line in claimed_lines(session, charge)
    }
    wanted = set()
    for each in complaint.wrong if recent else ():
        if each.position not in untouched:
            return None
        line = untouched[each.position]
        try:
            said = rules.claim(line, each.reason, each.figure, currency=currency, decimal_mark=decimal_mark)
        except Refusal:
            return None
        wanted.add((each.position, each.reason, said.claimed))
    for dispute in recent:
        if {(line.position, line.reason, line.claimed) for line in disputes.lines(session, dispute.id)} == wanted:
            return dispute
    return None


def check_words(words: str) -> str:
    """What was written, without what no one can see; refuses more than anyone reads."""
    seen = "".join(letter for letter in words.replace("\r\n", "\n") if letter.isprintable() or letter in "\n\t").strip()
    if len(seen) > LONGEST_WORDS:
        raise Refusal("Shorten what you write to %(count)s characters or fewer.", field="words", count=LONGEST_WORDS)
    return seen


def check_room(session: Session, charge: ChargeRow, claimed_cents: int) -> None:
    """Credit memos about the invoice as a whole, and what of it was written off, leave less of it to dispute."""
    gone = dispute_steps.gone_cents(session, charge.id)
    held = sum(
        sum(dispute_steps.unapproved(disputes.lines(session, dispute.id)))
        for dispute in disputes.of_charge(session, charge.id)
        if dispute.state in state_rules.OPEN
    )
    if gone + held + claimed_cents > charge.amount_cents:
        raise Conflict("A part of this invoice is credited or disputed already. Look at it again, and claim the rest.")
