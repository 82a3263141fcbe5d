"""Letters: staged in the transaction of their cause, and sent by whoever claims them first.

A letter is rendered, and its pay link made, only when it goes out: one that waited two days still tells the truth.
"""

from datetime import datetime, timedelta
from secrets import token_hex

import structlog

from portal.actions import policies
from portal.actions.letter_texts import compose
from portal.gateways.mailer import MailRefused, MailUnavailable
from portal.records import Session, accounts, letters
from portal.records.attempts import AttemptRow
from portal.records.letters import LetterRow
from portal.resources import Resources

_LONGEST_WAIT = timedelta(hours=4)

log = structlog.get_logger()


def stage(
    session: Session,
    *,
    kind: str,
    key: str,
    account_id: int,
    contact_id: int,
    now: datetime,
    charge_id: int | None = None,
    payment_id: int | None = None,
    attempt_id: int | None = None,
) -> bool:
    """Put a letter into the outbox; False where one with this key was there already."""
    return letters.add(
        session,
        {
            "kind": kind,
            "key": key,
            "account_id": account_id,
            "contact_id": contact_id,
            "charge_id": charge_id,
            "payment_id": payment_id,
            "attempt_id": attempt_id,
            "message_id": f"<{token_hex(16)}@portal.invalid>",
            "created_at": now,
            "next_at": now,
        },
    )


def stage_to_payer(
    session: Session,
    kind: str,
    key: str,
    attempt: AttemptRow,
    *,
    now: datetime,
    payment_id: int | None = None,
) -> None:
    """To whoever's link was used to pay, else to the address on file; an account without one gets no letter."""
    on_file = accounts.contacts_of(session, attempt.account_id)
    contact_id = attempt.contact_id or (on_file[0].id if on_file else None)
    if contact_id is not None:
        stage(
            session,
            kind=kind,
            key=key,
            account_id=attempt.account_id,
            contact_id=contact_id,
            now=now,
            payment_id=payment_id,
            attempt_id=attempt.id,
        )


def send_waiting(resources: Resources, *, now: datetime) -> int:
    """Send every letter whose time has come, and return how many went out."""
    count = 0
    while resources.mailer is not None:
        with resources.writing() as session:
            letter = letters.claim(session, now)
        if letter is None:
            return count
        count += _send(resources, letter, now=now)
    return count


def _send(resources: Resources, letter: LetterRow, *, now: datetime) -> bool:
    assert resources.mailer is not None
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        draft = compose(session, resources, letter, policy=policy, now=now)
    try:
        # Receipts and links may repeat after an unclear end: the Message-ID stays, so mailboxes see one letter.
        resources.mailer.send(draft.finished(), sent_at=now)
    except MailRefused as refused:
        _put_off(resources, letter, refused, state="dead", now=now)
        return False
    except MailUnavailable as unavailable:
        _put_off(resources, letter, unavailable, state="waiting", now=now)
        return False
    with resources.writing() as session:
        letters.sent(session, letter.id, now)
    return True


def _put_off(resources: Resources, letter: LetterRow, error: Exception, *, state: str, now: datetime) -> None:
    log.warning("letter.put_off", letter=letter.id, kind=letter.kind, state=state, error=repr(error))
    wait = min(timedelta(seconds=15 * 2**letter.tries), _LONGEST_WAIT)
    with resources.writing() as session:
        letters.put_off(session, letter.id, state=state, next_at=now + wait, error=repr(error)[:500])
