"""Houses that charge saved methods wrongly, or forget what is on a plan; more of `mutants.py`."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from portal.actions import collection_charges, collection_intents, plan_standing, statements
from portal.records import collections
from portal.rules import balance, instalments


def no_last_look_before_charge(stack: ExitStack) -> None:
    """What was right when its intent was made is charged, whatever happened since."""

    def look(session: Any, attempt: Any, *, now: Any) -> int:
        row = collections.by_id(session, attempt.collection_id)
        number = collections.add_try(
            session,
            {"collection_id": row.id, "attempt_id": attempt.id, "amount_cents": attempt.amount_cents, "tried_at": now},
        )
        collections.change(session, row, state="trying", tries=row.tries + 1, first_tried_on=row.next_on)
        return number

    stack.enter_context(patch.object(collection_charges, "_last_look", look))


def new_intent_each_try(stack: ExitStack) -> None:
    """After a refusal another intent is made, and the one before could still be charged."""
    real = collection_intents.with_intent

    def with_intent(resources: Any, stripe: Any, attempt: Any, **about: Any) -> Any:
        return real(resources, stripe, attempt._replace(state="created", payment_intent_id=None), **about)

    stack.enter_context(patch.object(collection_intents, "with_intent", with_intent))


def no_space(stack: ExitStack) -> None:
    """A customer is charged as often as there is something to charge."""
    stack.enter_context(patch.object(collection_charges, "may_charge", lambda now, **last: True))


def trim_forgotten(stack: ExitStack) -> None:
    """What is credited to a charge does not shorten the plan that it is on."""
    real = instalments.outlook

    def outlook(dues: Sequence[Any], received: Any, **about: Any) -> Any:
        return real(dues, received, **about | {"covered_left_cents": sum(due.amount_cents for due in dues)})

    stack.enter_context(patch.object(plan_standing, "outlook", outlook))


def plan_still_chased(stack: ExitStack) -> None:
    """What is on a plan is payable beside it."""
    real = balance.parts
    stack.enter_context(
        patch.object(
            statements, "parts", lambda open_cents, **others: real(open_cents, **others | {"on_plan_cents": 0})
        )
    )


CHARGING: tuple[Callable[[ExitStack], None], ...] = (
    no_last_look_before_charge,
    new_intent_each_try,
    no_space,
    trim_forgotten,
    plan_still_chased,
)
