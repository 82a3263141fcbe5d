"""Letters about collections: announced, refused, to be confirmed, stopped; a reminder where nothing is collected."""

from datetime import date, datetime

from portal.actions import letters
from portal.records import Session, autopays, collections, plans
from portal.records import letters as records
from portal.records.collections import CollectionRow
from portal.records.letters import LetterRow
from portal.records.plans import PlanRow

# The notice of a charge.
_FOR_PLAN, _UNDER_AUTOPAY = "collect_notice", "autopay_notice"
NOTICES = (_FOR_PLAN, _UNDER_AUTOPAY)
# Why a charge stops that nobody can be told of before.
NOT_TOLD = "not_told"


def announce(session: Session, row: CollectionRow, *, now: datetime) -> bool:
    """Before it is charged: the amount, the day, the method. False where nobody is there to read it."""
    return _to_customer(session, _notice_kind(row), _notice_key(row), row, now=now)


def announced(session: Session, row: CollectionRow) -> str:
    """What became of its newest announcement: waiting, sent, dropped, dead; "" where nobody was there to read it."""
    return records.told(session, _notice_key(row))


def told(session: Session, row: CollectionRow) -> str | None:
    """What became of the letter that it waits with: its announcement, or the question to its holder; None where it
    waits for nothing."""
    if row.state == "waiting":
        return announced(session, row)
    if row.state == "confirming":
        return records.told(session, _question_key(row, collections.tries(session, row.id)[-1].number))
    return None


def is_of_an_earlier(letter: LetterRow, row: CollectionRow) -> bool:
    """Whether it is an announcement that another has followed."""
    return letter.kind == _notice_kind(row) and letter.key != _notice_key(row)


def refused(session: Session, row: CollectionRow, number: int, *, now: datetime) -> None:
    """A try came to nothing: why, and when the next is, if there is one."""
    kind = "collect_refused" if row.plan_id is not None else "autopay_refused"
    _to_customer(session, kind, f"{kind}:{row.id}:{number}", row, now=now)


def confirm(session: Session, row: CollectionRow, number: int, *, now: datetime) -> None:
    """The bank asks for the customer."""
    _to_customer(session, "collect_confirm", _question_key(row, number), row, now=now)


def stopped(session: Session, row: CollectionRow, *, now: datetime) -> None:
    """It is not tried again: to the customer, if they can be told at all, and to the seller."""
    kind = "collect_refused" if row.plan_id is not None else "autopay_refused"
    if row.why != NOT_TOLD:
        _to_customer(session, kind, f"{kind}:{row.id}:stopped:{row.version}", row, now=now)
    letters.stage_to_seller(
        session, "seller_collect_stopped", f"seller_collect_stopped:{row.id}:{row.version}", row.account_id,
        now=now, plan_id=row.plan_id, collection_id=row.id,
    )  # fmt: skip


def remind(session: Session, plan: PlanRow, position: int, due_on: date, *, now: datetime) -> bool:
    """A payment of a plan is due soon, and its customer pays by hand; told once for each day that it is put off to."""
    key = f"plan_due:{plan.id}:{due_on}:{position}"
    return letters.stage_to_contact(
        session, "plan_due", key, plan.account_id, plan.contact_id, now=now, plan_id=plan.id
    )


def _notice_kind(row: CollectionRow) -> str:
    return _FOR_PLAN if row.plan_id is not None else _UNDER_AUTOPAY


def _notice_key(row: CollectionRow) -> str:
    return f"{_notice_kind(row)}:{row.id}:{row.notices}"


def _question_key(row: CollectionRow, number: int) -> str:
    return f"collect_confirm:{row.id}:{number}"


def _to_customer(session: Session, kind: str, key: str, row: CollectionRow, *, now: datetime) -> bool:
    return letters.stage_to_contact(
        session, kind, key, row.account_id, _contact_id(session, row), now=now, plan_id=row.plan_id,
        collection_id=row.id,
    )  # fmt: skip


def _contact_id(session: Session, row: CollectionRow) -> int | None:
    """Whoever agreed to it."""
    if row.plan_id is not None:
        return plans.by_id(session, row.plan_id).contact_id
    return autopays.by_id(session, row.autopay_id).contact_id if row.autopay_id is not None else None
