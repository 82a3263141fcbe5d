"""Automatic payments of an account: leave to charge each invoice on its due day, given and taken back at any time."""

from datetime import datetime

from portal.actions import history, letters
from portal.records import Session, autopays, ledger, saved_methods
from portal.records.accounts import AccountRow
from portal.records.autopays import AutopayRow
from portal.records.saved_methods import MethodRow
from portal.rules.refusals import Conflict


def turn_on(
    session: Session, account: AccountRow, method: MethodRow, *, contact_id: int | None, consent: str, now: datetime
) -> AutopayRow:
    """Charge the account's invoices to this method from now on, in the place of any other; pressed twice it is one.

    `consent` is what was shown and agreed to, word for word.
    """
    ledger.lock_account(session, account.id)
    method = saved_methods.by_id(session, method.id)
    if method.account_id != account.id or method.ended_at is not None:
        raise Conflict("This card or bank account is not saved any more. Choose another, or save it again.")
    before = autopays.in_force(session, account.id)
    if before is not None and before.method_id == method.id:
        return before
    if before is not None:
        _end(session, before, why="replaced", now=now)
    made = autopays.add(
        session,
        {
            "account_id": account.id,
            "contact_id": contact_id,
            "method_id": method.id,
            "consent": consent,
            "agreed_at": now,
        },
    )
    _write(session, made, "autopay.on", "customer", now=now)
    _tell(session, made, "autopay_on", now=now)
    return made


def turn_off(session: Session, account_id: int, *, why: str, now: datetime, actor: str) -> AutopayRow | None:
    """Charge nothing by itself any more, and answer what has ended; None where nothing was on.

    A method that ended says so in its own letter.
    """
    ledger.lock_account(session, account_id)
    found = autopays.in_force(session, account_id)
    if found is None:
        return None
    _end(session, found, why=why, now=now)
    _write(session, found, "autopay.off", actor, now=now, why=why)
    if why != "method_ended":
        _tell(session, found, "autopay_off", now=now)
    return found


def _end(session: Session, found: AutopayRow, *, why: str, now: datetime) -> None:
    autopays.end(session, found.id, why=why, now=now)
    saved_methods.stop_collections(session, autopay_id=found.id, why="autopay_off")


def _tell(session: Session, found: AutopayRow, kind: str, *, now: datetime) -> None:
    letters.stage_to_contact(
        session, kind, f"{kind}:{found.id}", found.account_id, found.contact_id, now=now, method_id=found.method_id
    )


def _write(session: Session, found: AutopayRow, action: str, actor: str, *, now: datetime, why: str = "") -> None:
    detail = {"autopay": found.id, "method": found.method_id, "why": why}
    history.write(session, action=action, actor=actor, now=now, account_id=found.account_id, detail=detail)
