"""Giving up on what is owed, and taking it up again when money for it comes after all."""

from collections.abc import Sequence
from datetime import date, datetime

from portal.actions import history, statements
from portal.actions.policies import Policy
from portal.records import Session, charges, ledger
from portal.records import write_offs as records
from portal.records.accounts import AccountRow
from portal.rules import reversal_movements as movements
from portal.rules.allocation import QuoteLine
from portal.rules.money import accumulated_share, share, words
from portal.rules.refusals import Refusal


def write_off(
    session: Session,
    account: AccountRow,
    charge_id: int,
    *,
    amount_cents: int | None,
    claims_tax: bool,
    reason: str,
    policy: Policy,
    now: datetime,
    actor: str,
) -> int:
    """Write off that much of a charge (else all that is payable of it) and return it in cents.

    `claims_tax`: its tax part is claimed back from the tax office. Refuses more than is payable: money that is on
    its way must arrive or fail first.
    """
    ledger.lock_account(session, account.id)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    item = next((each for each in standing.items if each.charge_id == charge_id), None)
    payable = item.payable_cents if item else 0
    given_up = payable if amount_cents is None else amount_cents
    if not 0 < given_up <= payable:
        raise Refusal(
            "%(amount)s of it can be written off now.", field="amount", amount=words(payable, account.currency)
        )
    charge = charges.by_id(session, charge_id, policy.today)
    before = sum(each.amount_cents for each in records.given_up(session, [charge_id]))
    tax_cents = accumulated_share(charge.tax_cents, before, given_up, charge.amount_cents) if claims_tax else 0
    write_off_id = records.add(
        session,
        account_id=account.id,
        charge_id=charge_id,
        amount_cents=given_up,
        tax_cents=tax_cents,
        reason=reason,
        on=policy.today,
        now=now,
    )
    posted = movements.written_off(write_off_id, charge_id, amount_cents=given_up, tax_cents=tax_cents, on=policy.today)
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)
    history.write(
        session,
        action="charge.written_off",
        actor=actor,
        now=now,
        account_id=account.id,
        charge_id=charge_id,
        detail={"amount_cents": given_up, "tax_cents": tax_cents, "reason": reason},
    )
    return given_up


def recover(
    session: Session, account: AccountRow, payment_id: int, lines: Sequence[QuoteLine], *, on: date, now: datetime
) -> None:
    """Open again what this money is for and was written off, so that it can be applied."""
    wanted = {line.charge_id: line.pay_cents + line.discount_cents + line.credit_cents for line in lines}
    given_up = records.given_up(session, wanted)
    for each in given_up:
        missing_cents = wanted[each.charge_id] - charges.by_id(session, each.charge_id, on).open_cents
        cents = min(each.amount_cents, max(0, missing_cents))
        posted = movements.recovered(
            payment_id,
            each.charge_id,
            records.times_recovered(session, payment_id, each.charge_id) + 1,
            amount_cents=cents,
            tax_cents=share(each.tax_cents, cents, each.amount_cents),
            on=on,
        )
        ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)
