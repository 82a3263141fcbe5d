"""The CUSTOMER of a command: a number, an e-mail address or an exact name that means one account."""

from collections.abc import Sequence

from portal.records import Session, accounts
from portal.records.accounts import AccountRow
from portal.rules.refusals import NotFound, Refusal


def one_account(session: Session, customer: str) -> AccountRow:
    """The account that is meant; a Refusal where there is none, or where there are several."""
    found = accounts.find(session, customer)
    if not found:
        raise NotFound(f"No customer has the number, e-mail address or name “{customer}”.")
    if len(found) > 1:
        raise Refusal(_several(session, customer, found))
    return found[0]


def _several(session: Session, customer: str, found: Sequence[AccountRow]) -> str:
    lines = [f"“{customer}” means {len(found)} customers. Name one by its number or its e-mail address:"]
    for account in found:
        emails = ", ".join(contact.email for contact in accounts.contacts_of(session, account.id))
        lines.append(f"  {account.number or '(no number)'}  {account.name}  {emails}".rstrip())
    return "\n".join(lines)
