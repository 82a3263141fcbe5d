"""Letters from whose going out days are counted: the notice of a charge, and that of a default with its days to cure.

A letter that waited moves the day that it tells of; nothing follows from one that did not go out.
"""

from datetime import timedelta

from portal.actions import collection_letters, plan_standing
from portal.actions.policies import Policy
from portal.records import Session, collections, ledger, plans
from portal.records.letters import LetterRow
from portal.rules.collecting import charge_on

# The notice of default.
LATE = "plan_late"
KINDS = (*collection_letters.NOTICES, LATE)


def hold(session: Session, letter: LetterRow) -> None:
    """Hold the account of such a letter, before it is asked whether it still says something true."""
    if letter.kind in KINDS and letter.account_id is not None:
        ledger.lock_account(session, letter.account_id)


def begin(session: Session, letter: LetterRow, *, policy: Policy) -> None:
    """The letter is about to be handed over: count the days that it gives from today. The caller holds the account."""
    if letter.kind in collection_letters.NOTICES and letter.collection_id is not None:
        row = collections.by_id(session, letter.collection_id)
        next_on = charge_on(row.next_on, noticed_on=policy.today, days=row.notice_days)
        if (row.noticed_on, row.next_on) != (policy.today, next_on):
            collections.change(session, row, noticed_on=policy.today, next_on=next_on)
    elif letter.kind == LATE and letter.plan_id is not None:
        plan = plans.by_id(session, letter.plan_id)
        cure_by = policy.today + timedelta(days=plan_standing.agreed_days(plan, policy)[1])
        if plan.cure_by is not None and plan.cure_by < cure_by:
            plans.change(session, plan, {"cure_by": cure_by})
