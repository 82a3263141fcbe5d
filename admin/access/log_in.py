"""Logging in: the password, then the second factor; and showing the second factor again for what asks for it.

Tries are counted in the database before anything is hashed or compared: where that cannot be done, nobody gets in.
Each try is written down. No hash is made inside a transaction: it would keep every other writer waiting.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from admin.access import passkeys, passwords, recovery, sessions, totp
from admin.access.sessions import Fresh, Held
from portal.actions import history, staff_letters, throttle
from portal.records import Session, second_factors, staff, staff_sessions
from portal.records.staff import StaffRow
from portal.resources import Resources
from portal.rules.refusals import Conflict

_FIVE_MINUTES = timedelta(minutes=5)
PER_ACCOUNT = ((10, _FIVE_MINUTES),)
PER_ADDRESS = ((10, _FIVE_MINUTES),)
ALL_TOGETHER = ((1000, _FIVE_MINUTES),)
SECOND_FACTOR = ((5, _FIVE_MINUTES), (20, timedelta(hours=1)), (50, timedelta(days=1)))


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows as their second factor: one of the three, the others are ""."""

    code: str = ""
    recovery_code: str = ""
    passkey: str = ""


def with_password(
    resources: Resources,
    *,
    email: str,
    password: str,
    visitor: str,
    browser: str,
    before: Held | None,
    now: datetime,
) -> Fresh | None:
    """A half-open session; None where the address or the password is wrong, and nobody learns which.

    `before` is the session that the browser had until now: it ends.

    TooMany after ten tries in five minutes for one account or from one place.
    """
    email = email.strip().lower()
    with resources.writing() as session:
        throttle.count_tries(session, "log-in", ALL_TOGETHER, now=now)
        throttle.count_tries(session, f"log-in-from:{visitor}", PER_ADDRESS, now=now)
        throttle.count_tries(session, account_bucket(email), PER_ACCOUNT, now=now)
        found = staff.by_email(session, email)
        proof = staff.proof(session, found.id) if found else None
    stored = proof.password_hash if proof else None
    is_right = passwords.matches(password, stored)
    renewed = passwords.hashed(password) if is_right and stored and passwords.is_outdated(stored) else None
    with resources.writing() as session:
        if found is None or not is_right:
            _wrong(session, "staff.password_refused", found, visitor, now)
            return None
        if renewed:
            staff.set_password(session, found.id, renewed)
        if before is not None:
            staff_sessions.end(session, before.session.id, now=now)
        return sessions.begin(session, found.id, address=visitor, browser=browser, now=now)


def account_bucket(email: str) -> str:
    """What tries to guess the password of one address are counted by, whether or not it has an account."""
    return f"log-in-as:{hashlib.sha256(email.encode()).hexdigest()[:32]}"


def has_codes(session: Session, held: Held) -> bool:
    """Whether they have shown a code of their app before: whoever has not begins with that."""
    proof = staff.proof(session, held.staff.id)
    return proof is not None and proof.totp_confirmed_at is not None


def with_second_factor(resources: Resources, held: Held, shown: Shown, *, visitor: str, now: datetime) -> Fresh | None:
    """The session opened, or confirmed where it was open, under a new secret; None where what was shown is wrong.

    TooMany after 5 tries in five minutes, 20 in an hour, 50 in a day.
    """
    with resources.writing() as session:
        throttle.count_tries(session, f"second-factor:{held.staff.id}", SECOND_FACTOR, now=now)
        codes = second_factors.codes_of(session, held.staff.id) if shown.recovery_code else ()
    code_id = recovery.find(shown.recovery_code, codes)
    with resources.writing() as session:
        how = _proved(session, resources, held, shown, code_id, now=now)
        if how is None:
            _wrong(session, "staff.second_factor_refused", held.staff, visitor, now)
            return None
        return let_in(session, held, how=how, visitor=visitor, now=now)


def let_in(session: Session, held: Held, *, how: str, visitor: str, now: datetime) -> Fresh:
    """The second factor was shown, by `how`: open the session, or confirm the open one."""
    action = "staff.confirmed" if held.is_open else "staff.logged_in"
    act = _write(session, action, held.staff, now, {"by": how, "address": visitor, "session": held.session.id})
    if not held.is_open:
        staff_letters.tell(session, [held.staff.id], act, now=now)
    return sessions.confirm(session, held, now=now) if held.is_open else sessions.open_fully(session, held, now=now)


def enrol(resources: Resources, held: Held, *, secret: str, code: str, now: datetime) -> list[str] | None:
    """Take the app's secret (encrypted, as it was shown) for their codes from now on, if `code` is one of it.

    Answers ten new recovery codes, which are shown this once; None where the code is wrong.
    """
    with resources.writing() as session:
        throttle.count_tries(session, f"second-factor:{held.staff.id}", SECOND_FACTOR, now=now)
    counter = totp.counter_of(totp.plain_secret(resources.keys, held.staff.id, secret), code, now=now)
    if counter is None:
        return None
    codes = recovery.new_codes()
    hashes = recovery.hashed(codes)
    with resources.writing() as session:
        known = staff.proof(session, held.staff.id)
        if known is None or (known.totp_confirmed_at is not None and not held.is_open):
            # Another session of theirs was quicker, or they were removed.
            raise Conflict("The codes have been set up already. Log in again, and use the app that was set up.")
        staff.set_totp(session, held.staff.id, secret)
        staff.confirm_totp(session, held.staff.id, now=now)
        staff.take_counter(session, held.staff.id, counter)
        second_factors.replace_codes(session, held.staff.id, hashes, now=now)
        act = _write(session, "staff.codes_enrolled", held.staff, now, {})
        staff_letters.tell(session, [held.staff.id], act, now=now)
    return codes


def _proved(
    session: Session, resources: Resources, held: Held, shown: Shown, code_id: int | None, *, now: datetime
) -> str | None:
    """By what it was proved, if it was."""
    if shown.passkey:
        signed = passkeys.has_signed(session, held, shown.passkey, settings=resources.settings, now=now)
        return "passkey" if signed else None
    if shown.recovery_code:
        return "recovery_code" if code_id and second_factors.use_code(session, code_id, now=now) else None
    proof = staff.proof(session, held.staff.id)
    if proof is None or proof.totp_secret is None or proof.totp_confirmed_at is None:
        return None
    secret = totp.plain_secret(resources.keys, held.staff.id, proof.totp_secret)
    counter = totp.counter_of(secret, shown.code, now=now)
    if counter is None or not staff.take_counter(session, held.staff.id, counter):
        return None
    if totp.is_outdated(resources.keys, proof.totp_secret):
        staff.keep_totp(session, held.staff.id, totp.encrypted_anew(resources.keys, proof.totp_secret))
    return "code"


def _wrong(session: Session, action: str, found: StaffRow | None, visitor: str, now: datetime) -> None:
    detail = {"address": visitor, "staff": found.id if found else None}
    history.write(session, action=action, actor="nobody", now=now, detail=detail)


def _write(session: Session, action: str, who: StaffRow, now: datetime, detail: dict[str, object]) -> int:
    return history.write(session, action=action, actor=f"staff:{who.id}", now=now, detail=detail)
