"""What a letter about a saved method may speak of, as of the moment it goes out; whether it still makes sense then."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.records import Session, autopays
from portal.records import saved_methods as records
from portal.records.autopays import AutopayRow
from portal.records.letters import LetterRow
from portal.records.saved_methods import MethodRow


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """A method; `plans` are the numbers of those that it pays, or paid until it ended; `autopay` what is in force with
    it, or has ended with it."""

    method: MethodRow
    plans: Sequence[str]
    autopay: AutopayRow | None


def load(session: Session, method_id: int) -> MethodFacts:
    """The facts as they are now."""
    method = records.by_id(session, method_id)
    if method.ended_at is not None:
        return MethodFacts(method, records.plans_ended_with(session, method), autopays.ended_with(session, method.id))
    used = [use for use in records.uses(session, method.account_id) if use.method_id == method.id]
    found = autopays.in_force(session, method.account_id)
    return MethodFacts(
        method, [use.number for use in used if use.number], found if found and found.method_id == method.id else None
    )


def overtaken(session: Session, letter: LetterRow) -> str:
    """Why a letter to the customer about a method makes no sense any more; "" where it does."""
    if letter.method_id is None or letter.account_id is None:
        return ""
    method = records.by_id(session, letter.method_id)
    found = autopays.in_force(session, letter.account_id)
    is_current = {
        "autopay_on": found is not None and found.method_id == method.id,
        "autopay_off": found is None,
        # A card that the bank has renewed meanwhile is good for longer.
        "method_expiring": method.ended_at is None and letter.key.endswith(f":{method.exp_year}-{method.exp_month}"),
    }.get(letter.kind, True)
    return "" if is_current else "it has changed since"
