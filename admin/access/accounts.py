"""The accounts of staff: who is added, in what role, and what is taken away again. At least one owner stays."""

from datetime import datetime

from admin.access import passkeys, passwords, recovery
from admin.access.log_in import PER_ACCOUNT, account_bucket
from admin.access.sessions import Held
from portal.actions import history, staff_letters, throttle
from portal.records import Session, disputes, second_factors, staff, staff_sessions
from portal.records.second_factors import PasskeyRow
from portal.records.staff import StaffRow
from portal.resources import Resources
from portal.rules.refusals import Conflict, NotFound, Refusal
from portal.rules.roles import Role
from portal.settings import Settings


def add(
    resources: Resources, *, email: str, name: str, role: Role, password: str, actor: str, now: datetime
) -> StaffRow:
    """Somebody new, who sets up their second factor at the first log-in. Conflict where the address has an account."""
    email = email.strip().lower()
    passwords.judge(password, email=email)
    password_hash = passwords.hashed(password)
    with resources.writing() as session:
        added = staff.add(session, email=email, name=name, role=role, password_hash=password_hash, now=now)
        if added is None:
            raise Conflict(f"{email} has an account already. `portal staff list` shows all of them.")
        second_factors.forget_all(session, added.id)
        act = _write(session, "staff.added", added, actor, now, {"email": email, "role": role})
        staff_letters.tell(session, _owners(session, but=added.id), act, now=now)
    return added


def set_role(session: Session, who: StaffRow, role: Role, *, actor: str, now: datetime) -> None:
    """Another role, in all their sessions at once. Conflict for the last owner."""
    if role == who.role:
        return
    _keep_an_owner(session, who)
    staff.set_role(session, who.id, role)
    _write(session, "staff.role_set", who, actor, now, {"from": who.role, "to": role})


def remove(session: Session, who: StaffRow, *, actor: str, now: datetime) -> None:
    """They work here no more: their sessions end, and nothing that they know opens anything. Conflict for the last
    owner."""
    _keep_an_owner(session, who)
    staff.remove(session, who.id, now=now)
    second_factors.forget_all(session, who.id)
    staff_sessions.end_all(session, who.id, now=now)
    disputes.leave(session, who.id)
    _write(session, "staff.removed", who, actor, now, {"email": who.email, "role": who.role})


def reset_second_factor(session: Session, who: StaffRow, *, actor: str, now: datetime) -> None:
    """For somebody who has lost everything: they set it up anew when they next log in. Their sessions end."""
    staff.set_totp(session, who.id, None)
    second_factors.forget_all(session, who.id)
    staff_sessions.end_all(session, who.id, now=now)
    act = _write(session, "staff.second_factor_reset", who, actor, now, {"email": who.email})
    staff_letters.tell(session, [who.id, *_owners(session, but=who.id)], act, now=now)


def change_password(resources: Resources, held: Held, *, old: str, new: str, now: datetime) -> None:
    """Their own password. Their other sessions end; the second factor stays as it is.

    Guessing the old one is counted as guessing at the log-in is: TooMany after ten tries in five minutes.
    """
    passwords.judge(new, email=held.staff.email)
    with resources.writing() as session:
        throttle.count_tries(session, account_bucket(held.staff.email), PER_ACCOUNT, now=now)
        proof = staff.proof(session, held.staff.id)
    if not passwords.matches(old, proof.password_hash if proof else None):
        raise Refusal("That is not your password.", field="old")
    password_hash = passwords.hashed(new)
    with resources.writing() as session:
        staff.set_password(session, held.staff.id, password_hash)
        staff_sessions.end_all(session, held.staff.id, now=now, but=held.session.id)
        _write_and_tell(session, "staff.password_changed", held, now, {})


def new_recovery_codes(resources: Resources, held: Held, *, now: datetime) -> list[str]:
    """Ten new ones, which are shown this once; the old ones are worth nothing any more."""
    codes = recovery.new_codes()
    hashes = recovery.hashed(codes)
    with resources.writing() as session:
        second_factors.replace_codes(session, held.staff.id, hashes, now=now)
        _write_and_tell(session, "staff.recovery_codes_made", held, now, {})
    return codes


def add_passkey(session: Session, held: Held, answer: str, *, name: str, settings: Settings, now: datetime) -> bool:
    """The passkey that the browser has made; False where it does not fit what was asked for."""
    is_taken = passkeys.take_new(session, held, answer, name=name, settings=settings, now=now)
    if is_taken:
        _write_and_tell(session, "staff.passkey_added", held, now, {"name": name})
    return is_taken


def remove_passkey(session: Session, held: Held, passkey: PasskeyRow, *, now: datetime) -> None:
    """A passkey of their own opens nothing any more."""
    second_factors.remove_passkey(session, passkey.id)
    _write_and_tell(session, "staff.passkey_removed", held, now, {"name": passkey.name})


def end_session(session: Session, held: Held, public_id: str, *, now: datetime) -> None:
    """One of their own sessions, wherever it is; NotFound for anybody else's."""
    theirs = staff_sessions.of_staff(session, held.staff.id, now=now)
    ending = next((each for each in theirs if each.public_id == public_id), None)
    if ending is None:
        raise NotFound("There is no such session, or it has ended already.")
    staff_sessions.end(session, ending.id, now=now)
    _write(session, "staff.session_ended", held.staff, f"staff:{held.staff.id}", now, {"session": ending.id})


def end_other_sessions(session: Session, held: Held, *, now: datetime) -> None:
    """All their sessions but the one that asks."""
    staff_sessions.end_all(session, held.staff.id, now=now, but=held.session.id)
    _write(session, "staff.sessions_ended", held.staff, f"staff:{held.staff.id}", now, {})


def log_out(session: Session, held: Held, *, now: datetime) -> None:
    """The session that asks."""
    staff_sessions.end(session, held.session.id, now=now)
    _write(session, "staff.logged_out", held.staff, f"staff:{held.staff.id}", now, {"session": held.session.id})


def _keep_an_owner(session: Session, who: StaffRow) -> None:
    if who.role == "owner" and staff.owners(session) == 1:
        raise Conflict(f"{who.name} is the only owner. Make somebody else an owner first.")


def _owners(session: Session, *, but: int) -> list[int]:
    return [each.id for each in staff.present(session) if each.role == "owner" and each.id != but]


def _write_and_tell(session: Session, action: str, held: Held, now: datetime, detail: dict[str, object]) -> None:
    act = _write(session, action, held.staff, f"staff:{held.staff.id}", now, detail)
    staff_letters.tell(session, [held.staff.id], act, now=now)


def _write(session: Session, action: str, who: StaffRow, actor: str, now: datetime, detail: dict[str, object]) -> int:
    return history.write(session, action=action, actor=actor, now=now, detail={"staff": who.id, **detail})
