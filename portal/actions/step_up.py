"""Confirming a browser by a code mailed to the contact's own address, for what a link alone must not do.

The code is made when its letter is written and stands nowhere else. Each confirmation gives the browser another
secret, never one that it brought: a cookie planted in it is worth nothing afterwards.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.actions import history, letters, throttle
from portal.actions.access import Access
from portal.actions.policies import Policy
from portal.records import Session, accounts
from portal.records import step_up as records
from portal.records.accounts import AccountRow, ContactRow
from portal.records.letters import LetterRow
from portal.records.step_up import CodeRow, DeviceRow
from portal.rules import step_up as rules
from portal.rules.refusals import NotFound, Refusal

PER_HOUR = 5
_LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The new secret for the browser's cookie, and until when the contact's confirmation counts."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CodeLetter:
    """What the letter with a code says, and to whom. The code is nowhere else."""

    letter: LetterRow
    policy: Policy
    account: AccountRow
    contact: ContactRow
    code: str


def ask_code(session: Session, access: Access, *, now: datetime) -> None:
    """Stage the letter with a code for this session; a code that it asked for before is worth nothing any more."""
    contact_id = _contact(access)
    times = throttle.count(session, f"step-up:{contact_id}", limit=PER_HOUR, now=now)
    code_id = records.add_code(session, contact_id, access.session_id, now=now, expires_at=now + rules.LASTS)
    letters.stage(
        session,
        kind="code",
        key=f"code:{code_id}",
        account_id=access.account.id,
        contact_id=contact_id,
        now=now,
        code_id=code_id,
    )
    _write(session, "asked", access, now=now, code=code_id, times=times)


def write_code(
    session: Session, letter: LetterRow, *, policy: Policy, keys: Sequence[str], now: datetime
) -> CodeLetter | None:
    """Make the code of a letter that goes out, anew each time; None where nobody waits for it any more."""
    assert letter.account_id is not None
    assert letter.code_id is not None
    found = records.code_by_id(session, letter.code_id)
    on_file = accounts.contacts_of(session, letter.account_id)
    contact = next((each for each in on_file if each.id == found.contact_id), None)
    if contact is None or not _is_awaited(session, found, now=now):
        return None
    code = f"{secrets.randbelow(10**rules.DIGITS):0{rules.DIGITS}}"
    records.set_code(session, found.id, rules.sealed(keys[-1], found.id, code), expires_at=now + rules.LASTS)
    return CodeLetter(letter, policy, accounts.by_id(session, letter.account_id), contact, code)


def redeem(
    session: Session,
    access: Access,
    typed: str,
    *,
    keys: Sequence[str],
    device_secret: str | None,
    user_agent: str,
    now: datetime,
) -> Confirmed | Refusal:
    """Confirm the browser by what was typed, or say why not. That is returned, not raised: the try must be counted.

    `device_secret` is what the browser's cookie says.
    """
    contact_id = _contact(access)
    code = rules.read_code(typed)
    if code is None:
        return Refusal("Enter the %(count)s digits from the email.", field="code", count=rules.DIGITS)
    asked = records.newest_code(session, contact_id, access.session_id)
    if (why := _unusable(asked, now=now)) is not None:
        return why
    assert asked is not None
    found = records.count_try(session, asked.id, most=rules.MOST_TRIES)
    if found is None:
        # Another request was faster, with the code or with the last try.
        return Refusal("This code cannot be used any more. Have a new one sent to you.", field="code")
    assert found.code_hash is not None
    if not rules.is_it(keys, found.id, code, found.code_hash):
        _write(session, "failed", access, now=now, code=found.id, tries=found.tries)
        return _wrong(rules.MOST_TRIES - found.tries)
    records.use_code(session, found.id, now=now)
    return _confirm(session, access, contact_id, device_secret, user_agent=user_agent, now=now)


def trusted(session: Session, contact_id: int, device_secret: str | None, *, now: datetime) -> DeviceRow | None:
    """This browser as one that the contact has confirmed; None where it is not."""
    if not device_secret:
        return None
    return records.trusted(session, contact_id, _hashed(device_secret), now=now)


def devices_of(session: Session, access: Access, *, now: datetime) -> Sequence[DeviceRow]:
    """The browsers that the contact has confirmed, the newest first."""
    return records.devices_of(session, _contact(access), now=now)


def revoke_device(session: Session, access: Access, public_id: str, *, now: datetime) -> None:
    """The contact's browser of this public id has to show a code again; done before, it stays done."""
    found = records.find_device(session, _contact(access), public_id)
    if found is None:
        raise NotFound("This browser is not one that you have confirmed.")
    if records.revoke(session, found.id, now=now):
        _write(session, "revoked", access, now=now, device=found.id)


def _contact(access: Access) -> int:
    if access.contact_id is None:
        raise Refusal(
            "Your link was made for nobody in particular, so there is no address to send a code to. "
            "Have a link sent to your own address, and open that."
        )
    return access.contact_id


def _is_awaited(session: Session, found: CodeRow, *, now: datetime) -> bool:
    newest = records.newest_code(session, found.contact_id, found.session_id)
    is_newest = newest is not None and newest.id == found.id
    is_open = found.used_at is None and found.tries < rules.MOST_TRIES
    return is_newest and is_open and now < found.requested_at + rules.LASTS


def _unusable(asked: CodeRow | None, *, now: datetime) -> Refusal | None:
    """Why no code can be typed now, if none can."""
    if asked is None:
        return Refusal("No code was asked for in this browser. Have one sent to you.", field="code")
    if asked.used_at is not None:
        return Refusal("This code was used already. Have a new one sent to you.", field="code")
    if asked.tries >= rules.MOST_TRIES:
        return Refusal("That was wrong too often. Have a new code sent to you.", field="code")
    if now >= asked.expires_at:
        return Refusal("This code has expired. Have a new one sent to you.", field="code")
    if asked.code_hash is None:
        return Refusal("The code is still on its way. Enter it when the email is there.", field="code")
    return None


def _wrong(left: int) -> Refusal:
    if left == 0:
        return Refusal("That was wrong too often. Have a new code sent to you.", field="code")
    if left == 1:
        return Refusal("That is not the code of our latest email. One try is left.", field="code")
    return Refusal("That is not the code of our latest email. %(left)s tries are left.", field="code", left=left)


def _confirm(
    session: Session, access: Access, contact_id: int, brought: str | None, *, user_agent: str, now: datetime
) -> Confirmed:
    fresh, expires_at = secrets.token_urlsafe(32), now + rules.DEVICE_LASTS
    if brought:
        records.change_secret(session, _hashed(brought), _hashed(fresh))
    device_id = records.confirm_device(
        session, contact_id, _hashed(fresh), user_agent=user_agent[:_LONGEST_AGENT], now=now, expires_at=expires_at
    )
    _write(session, "confirmed", access, now=now, device=device_id)
    return Confirmed(fresh, expires_at)


def _write(session: Session, verb: str, access: Access, *, now: datetime, **detail: int) -> None:
    history.write(
        session,
        action=f"step_up.{verb}",
        actor=access.actor,
        now=now,
        account_id=access.account.id,
        detail={"session": access.session_id, **detail},
    )


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
