"""Whether a dispute is credited at once, without anybody's look: inside the seller's budget of goodwill."""

from collections.abc import Collection, Sequence
from datetime import date

from portal.actions.policies import Policy
from portal.records import Session, disputes
from portal.records.accounts import AccountRow
from portal.records.charges import ChargeRow
from portal.rules.claims import Claim
from portal.rules.resolutions import Budget, is_goodwill

# What a look at the goods would not tell better than the customer does; the rest is for somebody to look into.
_GOODWILL_REASONS = frozenset({"not_received", "short", "damaged", "wrong_item"})


def is_given(
    session: Session, account: AccountRow, charge: ChargeRow, found: Sequence[Claim], *, policy: Policy
) -> bool:
    """Whether the budget has it, which is in the seller's own currency; not where staff have decided about a line.

    The lock on numbers, taken already, keeps two filings from spending it twice.
    """
    if account.currency != policy.currency or any(each.reason not in _GOODWILL_REASONS for each in found):
        return False
    if _were_decided(session, charge, {each.position for each in found}):
        return False
    cents = sum(each.net_cents + each.tax_cents for each in found)
    budget = Budget(policy.goodwill_dispute_cents, policy.goodwill_year_cents, policy.goodwill_month_cents)
    year, month = date(policy.today.year, 1, 1), policy.today.replace(day=1)
    return is_goodwill(
        cents,
        budget,
        given_this_year=disputes.goodwill_since(session, year, currency=account.currency, account_id=account.id),
        given_this_month=disputes.goodwill_since(session, month, currency=account.currency),
    )


def _were_decided(session: Session, charge: ChargeRow, positions: Collection[int]) -> bool:
    """Whether somebody has decided about one of these lines before."""
    return any(
        line.position in positions
        for dispute in disputes.of_charge(session, charge.id)
        if dispute.decided_on is not None and not dispute.is_goodwill
        for line in disputes.lines(session, dispute.id)
    )
