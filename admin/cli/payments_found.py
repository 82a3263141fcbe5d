"""What a command about money names: a payment by its number, invoices by theirs, an amount; else a sentence."""

import re
from collections.abc import Sequence

from portal.records import Session, accounts, imports, ledger
from portal.records.accounts import AccountRow
from portal.records.ledger import PaymentRow
from portal.rules.money import parse_amount
from portal.rules.refusals import NotFound, Refusal

# No database has a larger id than nine digits hold.
_NUMBER = re.compile(r"(?:R-?)?0*([1-9][0-9]{0,8})", re.IGNORECASE)


def one_payment(session: Session, number: str) -> PaymentRow:
    """The payment of this number, written as R-00012 or 12."""
    written = _NUMBER.fullmatch(number.strip())
    if written is None:
        raise Refusal(f"“{number}” is not a payment's number. Write it like R-00012.")
    payment_id = int(written[1])
    # Each payment came with a movement.
    if not ledger.of_payment(session, payment_id):
        raise NotFound(f"There is no payment R-{payment_id:05d}. `portal payment list CUSTOMER` shows those there are.")
    return ledger.payment_by_id(session, payment_id)


def one_charge(session: Session, number: str) -> tuple[AccountRow, int]:
    """Whose invoice this is, and its id. Fees and debit notes have numbers too."""
    found = imports.charges_numbered(session, [number.strip()]).get(number.strip())
    if found is None:
        raise NotFound(f"There is no invoice “{number}”. `portal account CUSTOMER` shows a customer's open ones.")
    return accounts.by_id(session, found.account_id), found.id


def charges_of(session: Session, account: AccountRow, numbers: Sequence[str]) -> dict[str, int]:
    """The ids of these invoices by number; refuses those of other customers."""
    found = {}
    for number in numbers:
        owner, charge_id = one_charge(session, number)
        if owner.id != account.id:
            raise Refusal(f"Invoice “{number}” is {owner.name}'s, not {account.name}'s. Leave it out.")
        found[number.strip()] = charge_id
    return found


def amount_of(text: str | None, currency: str) -> int | None:
    """An amount as it was written, in cents; None where none was. Nothing below zero makes sense here."""
    if text is None:
        return None
    cents = parse_amount(text, currency)
    if cents < 0:
        raise Refusal(f"“{text}” is below zero. Write an amount like 1234.56.")
    return cents
