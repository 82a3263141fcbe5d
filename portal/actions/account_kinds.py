"""Whether a customer is a consumer or a business, as those who work here know it: it decides about warnings."""

from datetime import datetime

from portal.actions import history
from portal.records import Session, accounts
from portal.records.accounts import AccountRow
from portal.rules.refusals import Refusal

KINDS = ("unknown", "consumer", "business")


def set_kind(session: Session, account: AccountRow, kind: str, *, now: datetime, actor: str) -> None:
    """Say what the customer is; nothing is written where that was known already."""
    if kind not in KINDS:
        raise Refusal("Choose what the customer is.", field="kind")
    if kind == account.kind:
        return
    accounts.set_kind(session, account.id, kind)
    detail = {"was": account.kind, "kind": kind}
    history.write(session, action="customer.kind_set", actor=actor, now=now, account_id=account.id, detail=detail)
