"""Taking down what a customer says: "I already sent it", "please pay my credit back". No money moves by it.

Whether a request for credit is still open is computed: it ends by itself when the credit is gone. What has ended is
closed when the customer says something next, so that it need not be computed for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from portal.actions import history, letters
from portal.actions.statements import Standing
from portal.records import Session, ledger
from portal.records import notices as records
from portal.records.accounts import AccountRow
from portal.records.notices import ListedNotice, NoticeRow
from portal.rules.dates import add_months
from portal.rules.refusals import Conflict, NotFound, Refusal

Method = Literal["cheque", "wire", "other"]

LONGEST_REFERENCE = 120
_MOST_OPEN = 50
_SAME_WITHIN = timedelta(days=1)
_OLDEST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Sent:
    """Money that a customer says was sent, and the day on which it was."""

    method: Method
    amount_cents: int
    sent_on: date
    reference: str


class CreditChanged(Conflict):
    """The credit is not what the button said."""


def check_amount(amount_cents: int) -> None:
    """Refuse nothing and less."""
    if amount_cents <= 0:
        raise Refusal("Enter an amount of more than nothing.", field="amount")


def check_day(sent_on: date, *, today: date) -> None:
    """Refuse a day that is still ahead, and one longer ago than money is under way."""
    if sent_on > today:
        raise Refusal("That day is still ahead. Enter the day on which you sent it.", field="sent_on")
    if sent_on < earliest_day(today):
        raise Refusal("That is more than a year ago. Contact us about a payment that old.", field="sent_on")


def check_reference(reference: str) -> None:
    """Refuse what is longer than any reference."""
    if len(reference) > LONGEST_REFERENCE:
        raise Refusal(
            "Shorten the reference to %(count)s characters or fewer.", field="reference", count=LONGEST_REFERENCE
        )


def earliest_day(today: date) -> date:
    """The first day that a notice may name."""
    return add_months(today, -_OLDEST_MONTHS)


def tell(
    session: Session, account: AccountRow, given: Sent, *, contact_id: int | None, today: date, now: datetime
) -> NoticeRow:
    """Take down that money is on its way, once where the same is said twice within a day, and tell the seller."""
    check_amount(given.amount_cents)
    check_day(given.sent_on, today=today)
    check_reference(given.reference)
    ledger.lock_account(session, account.id)
    others = _close_ended(session, account.id, now=now)
    for other in others:
        if _sent(other) == given and now - other.created_at < _SAME_WITHIN:
            return other
    if len(others) >= _MOST_OPEN:
        raise Refusal("You have told us of many payments already. Take back those that have arrived, then try again.")
    return _add(
        session,
        account,
        kind="sent",
        method=given.method,
        amount_cents=given.amount_cents,
        sent_on=given.sent_on,
        reference=given.reference,
        contact_id=contact_id,
        now=now,
    )


def ask_back(
    session: Session, standing: Standing, *, shown_cents: int, contact_id: int | None, now: datetime
) -> NoticeRow:
    """Take down that the whole credit is to be paid back. Asked again while that is open, it is the same request."""
    account, credit_cents = standing.account, standing.statement.balance.credit_cents
    ledger.lock_account(session, account.id)
    for other in _close_ended(session, account.id, now=now):
        if other.kind == "refund":
            return other
    if credit_cents <= 0:
        raise CreditChanged("There is no credit on your account any more, so there is nothing to pay back.")
    if shown_cents != credit_cents:
        raise CreditChanged("Your credit has changed since this page was shown. Look at it again, then ask.")
    return _add(
        session,
        account,
        kind="refund",
        method="",
        amount_cents=credit_cents,
        sent_on=standing.on,
        reference="",
        contact_id=contact_id,
        now=now,
    )


def withdraw(session: Session, account_id: int, public_id: str, *, contact_id: int | None, now: datetime) -> None:
    """The customer takes a notice of theirs back; done before, it stays done."""
    found = records.find(session, public_id)
    if found is None or found.account_id != account_id:
        raise NotFound("This notice is not part of the account that your link opens.")
    if records.close(session, found.id, now=now):
        _write(session, "notice.withdrawn", found, actor=_actor(contact_id), now=now)


def close(session: Session, public_id: str, *, now: datetime, actor: str) -> bool:
    """The owner is done with a notice; False if it was closed before."""
    found = records.find(session, public_id)
    if found is None:
        raise NotFound("There is no notice “%(notice)s”.", notice=public_id)
    closed = records.close(session, found.id, now=now)
    if closed:
        _write(session, "notice.closed", found, actor=actor, now=now)
    return closed


def open_of(session: Session, account_id: int) -> Sequence[NoticeRow]:
    """The account's open notices, the oldest first."""
    found, gone_at = records.not_closed(session, account_id), _GoneAt(session)
    return [row for row in found if _is_open(row, gone_at)]


def open_anywhere(session: Session) -> Sequence[NoticeRow]:
    """The open notices of every account, the oldest first."""
    found, gone_at = records.not_closed_anywhere(session), _GoneAt(session)
    return [row for row in found if _is_open(row, gone_at)]


def listed(session: Session, *, closed_too: bool) -> Sequence[tuple[ListedNotice, bool]]:
    """Notices of every account, each with whether it is open."""
    gone_at = _GoneAt(session)
    found = [(each, _is_open(each.notice, gone_at)) for each in records.listed(session)]
    return [each for each in found if closed_too or each[1]]


class _GoneAt:
    """When an account last had no credit: asked once for each account, and only where somebody asked for it back."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[int, datetime | None] = {}

    def __call__(self, account_id: int) -> datetime | None:
        if account_id not in self._known:
            self._known[account_id] = records.credit_was_gone(self._session, account_id)
        return self._known[account_id]


def _is_open(notice: NoticeRow, gone_at: _GoneAt) -> bool:
    if notice.closed_at is not None:
        return False
    if notice.kind != "refund":
        return True
    gone = gone_at(notice.account_id)
    return gone is None or gone < notice.created_at


def _close_ended(session: Session, account_id: int, *, now: datetime) -> Sequence[NoticeRow]:
    """Close the requests whose credit is gone; answers what is still open."""
    still_open = open_of(session, account_id)
    for row in records.not_closed(session, account_id):
        if row not in still_open and records.close(session, row.id, now=now):
            _write(session, "notice.ended", row, actor="portal", now=now)
    return still_open


def _sent(notice: NoticeRow) -> Sent | None:
    if notice.kind != "sent":
        return None
    return Sent(notice.method, notice.amount_cents, notice.sent_on, notice.reference)  # type: ignore[arg-type]


def _add(
    session: Session, account: AccountRow, *, contact_id: int | None, now: datetime, **values: object
) -> NoticeRow:
    made = records.add(
        session, {"account_id": account.id, "contact_id": contact_id, "created_at": now, "closed_at": None, **values}
    )
    _write(session, f"notice.{made.kind}", made, actor=_actor(contact_id), now=now)
    letters.stage_to_seller(
        session, "seller_notice", f"seller_notice:{made.id}", account.id, now=now, notice_id=made.id
    )
    return made


def _actor(contact_id: int | None) -> str:
    return f"contact:{contact_id}" if contact_id else "customer"


def _write(session: Session, action: str, notice: NoticeRow, *, actor: str, now: datetime) -> None:
    detail = {
        "notice": notice.id,
        "method": notice.method,
        "amount_cents": notice.amount_cents,
        "sent_on": notice.sent_on.isoformat(),
        "reference": notice.reference,
    }
    history.write(session, action=action, actor=actor, now=now, account_id=notice.account_id, detail=detail)
