"""Letters are staged in the transaction of their cause; `outbox` sends them."""

from datetime import datetime
from secrets import token_hex

from portal.records import Session, accounts, letters
from portal.records.attempts import AttemptRow


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
    on_file = [contact.id for contact in accounts.contacts_of(session, attempt.account_id)]
    # Whoever paid may have been removed since.
    contact_id = attempt.contact_id if attempt.contact_id in on_file else next(iter(on_file), None)
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
