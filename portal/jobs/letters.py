"""Sending letters: whoever claims one renders it, makes its pay link, hands it over and says so.

A letter is rendered only when it goes out: one that waited two days still tells the truth.
"""

from datetime import datetime, timedelta

import structlog

from portal import links
from portal.actions import (
    collection_facts,
    correspondence,
    dispute_facts,
    letters,
    method_facts,
    notice_periods,
    plan_facts,
    policies,
    staff_letters,
    step_up,
)
from portal.gateways.mailer import MailRefused, MailUnavailable
from portal.records import letters as records
from portal.records.letters import LetterRow
from portal.resources import Resources
from portal.views.code_letters import compose_code
from portal.views.letters import Draft, compose
from portal.views.seller_claims import compose_claim
from portal.views.seller_letters import compose_to_seller
from portal.views.seller_plans import compose_plan
from portal.views.staff_letters import compose_to_staff

_LONGEST_WAIT = timedelta(hours=4)
_MOST_DOUBLINGS = 20

# With the waits between them more than a week: longer than a mail server is away.
_MOST_TRIES = 60
_IN_ONE_GO = 10

log = structlog.get_logger()


class TooManyTries(Exception):
    """A letter that cannot even be written, again and again."""


def send_waiting(resources: Resources, *, now: datetime) -> int:
    """Send letters whose time has come, and return how many went out.

    A few in one go: all of a run are claimed as of its start, and a lease must outlive the run.
    """
    count = 0
    for _ in range(_IN_ONE_GO if resources.mailer is not None else 0):
        with resources.writing() as session:
            letter = records.claim(session, now)
        if letter is None:
            break
        count += _send(resources, letter, now=now)
    return count


def _send(resources: Resources, letter: LetterRow, *, now: datetime) -> bool:
    assert resources.mailer is not None
    if letter.tries > _MOST_TRIES:
        log.warning("letter.given_up", letter=letter.id, kind=letter.kind)
        with resources.writing() as session:
            letters.given_up(session, letter, _said(TooManyTries()), now=now)
        return False
    if letter.staff_id is not None:
        draft = _to_staff(resources, letter, now=now)
    elif letter.code_id is not None:
        draft = _with_code(resources, letter, now=now)
    elif letter.contact_id is None:
        draft = _to_seller(resources, letter, now=now)
    else:
        draft = _draft(resources, letter, now=now)
    if draft is None:
        return False
    try:
        # Receipts and links may repeat after an unclear end: the Message-ID stays, so mailboxes see one letter.
        resources.mailer.send(draft.finished(), sent_at=now)
    except MailRefused as refused:
        log.warning("letter.refused", letter=letter.id, kind=letter.kind, error=repr(refused))
        with resources.writing() as session:
            letters.refused(session, letter, _said(refused), now=now)
        return False
    except MailUnavailable as unavailable:
        _put_off(resources, letter, unavailable, now=now)
        return False
    with resources.writing() as session:
        letters.sent(session, letter, now=now)
    return True


def _draft(resources: Resources, letter: LetterRow, *, now: datetime) -> Draft | None:
    """A customer's letter with its pay link, or None where nobody is there to read it, or it is overtaken."""
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        notice_periods.hold(session, letter)
        overtaken = dispute_facts.overtaken(session, letter) or plan_facts.overtaken(session, letter, policy=policy)
        overtaken = overtaken or method_facts.overtaken(session, letter)
        overtaken = overtaken or collection_facts.overtaken(session, letter, policy=policy)
        if not overtaken:
            notice_periods.begin(session, letter, policy=policy)
        found = None if overtaken else correspondence.prepare(session, letter, policy=policy, now=now)
        if found is None:
            error, state = (overtaken, "dropped") if overtaken else ("the contact was removed", "dead")
            records.put_off(session, letter.id, state=state, next_at=now, error=error)
            return None
    token = links.sign(resources.keys, found.link.public_id, found.link.version)
    return compose(found, href=f"{resources.settings.base_url}/l/{token}")


def _to_seller(resources: Resources, letter: LetterRow, *, now: datetime) -> Draft | None:
    """A letter to the seller's own address, if there is one."""
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        if not policy.seller_email:
            records.put_off(session, letter.id, state="dead", next_at=now, error="no seller_email")
            return None
        found = correspondence.report(session, letter, policy=policy, now=now)
    if letter.kind.startswith("seller_claim"):
        return compose_claim(found, base_url=resources.settings.base_url)
    if letter.kind.startswith("seller_plan"):
        return compose_plan(found, base_url=resources.settings.base_url)
    return compose_to_seller(found)


def _to_staff(resources: Resources, letter: LetterRow, *, now: datetime) -> Draft | None:
    """A letter to one of the staff, if they still work here."""
    with resources.writing() as session:
        found = staff_letters.report(session, letter, policy=policies.load(session, now=now))
        if found is None:
            records.put_off(session, letter.id, state="dead", next_at=now, error="they were removed")
            return None
    return compose_to_staff(found)


def _with_code(resources: Resources, letter: LetterRow, *, now: datetime) -> Draft | None:
    """The letter with a code that is made now, if it is still waited for."""
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        found = step_up.write_code(session, letter, policy=policy, keys=resources.keys, now=now)
        if found is None:
            records.put_off(
                session, letter.id, state="dropped", next_at=now, error="nobody waits for the code any more"
            )
            return None
    return compose_code(found)


def _put_off(resources: Resources, letter: LetterRow, error: Exception, *, now: datetime) -> None:
    log.warning("letter.put_off", letter=letter.id, kind=letter.kind, error=repr(error))
    wait = min(timedelta(seconds=15 * 2 ** min(letter.tries, _MOST_DOUBLINGS)), _LONGEST_WAIT)
    with resources.writing() as session:
        records.put_off(session, letter.id, state="waiting", next_at=now + wait, error=_said(error))


def _said(error: Exception) -> str:
    return repr(error)[:500]
