"""Payments in words: before they are made (check and pay), and on their way."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from portal.actions.checkouts import Method
from portal.actions.plan_standing import PlanStanding
from portal.actions.quotes import Choice
from portal.actions.statements import Standing
from portal.records.attempts import AttemptRow, QuotedRow
from portal.rules.allocation import Quote
from portal.rules.dates import add_business_days, local_day
from portal.rules.plans import KEPT
from portal.wording import Words

# How long a bank debit usually takes: https://docs.stripe.com/payments/ach-direct-debit#timing
_BANK_DAYS = 4

_NAMES = {
    "card": "Card",
    "us_bank_account": "Bank account (ACH)",
    "cheque": "Cheque",
    "wire": "Wire transfer",
    "cash": "Cash",
    "import": "Recorded payment",
}
_REASONS = {
    "insufficient_funds": "The account did not have enough money.",
    "account_closed": "The bank account is closed.",
    "no_account": "The bank could not find the account.",
    "debit_not_authorized": "The bank said that the debit was not authorized.",
}


def method_name(method: str, words: Words) -> str:
    """The name of a way to pay; one that came with somebody's import is called what they called it."""
    return words.text(_NAMES[method]) if method in _NAMES else method


# Stripe's word for each way to pay that a form offers.
KINDS: Mapping[str, Method] = {"ach": "us_bank_account", "card": "card"}


def methods_for(currency: str) -> list[str]:
    """The ways to pay in this currency; a bank debit is for dollars only."""
    return ["ach", "card"] if currency == "usd" else ["card"]


def check(
    standing: Standing, found: Quote, words: Words, *, typed: str, plan: PlanStanding | None = None
) -> dict[str, object]:
    """What exactly will be charged, charge by charge. `typed` is the lump sum as it was written, if it is one; with a
    `plan` it is for what of the charges is on that one."""
    balance = sum(line.pay_cents + line.discount_cents + line.credit_cents for line in found.lines)
    there = {item.charge_id: item.on_plan_cents if plan else item.payable_cents for item in standing.items}
    disputed = {row.item.charge_id: row.item.parts.disputed_cents for row in standing.statement.rows}
    return {
        "items": [
            {
                "charge": standing.charges[line.charge_id].public_id,
                "number": standing.charges[line.charge_id].number,
                "due": words.day(standing.charges[line.charge_id].due_on),
                "balance": words.money(there[line.charge_id]),
                "disputed": words.money_or_nothing(disputed.get(line.charge_id, 0)),
                "discount": words.money_or_nothing(-line.discount_cents),
                "pay": words.money(line.pay_cents + line.credit_cents),
                "left": words.money_or_nothing(
                    there[line.charge_id] - line.pay_cents - line.discount_cents - line.credit_cents
                ),
            }
            for line in found.lines
        ],
        "amount": typed,
        "credit": words.money_or_nothing(-found.credit_cents),
        "credit_used": words.money_or_nothing(found.credit_cents),
        "credit_cents": found.credit_cents,
        "balance": words.money(balance),
        "discount": words.money_or_nothing(-found.discount_cents),
        "total": words.money(found.total_cents),
        "total_cents": found.total_cents,
    }


def chosen_plan(plan: PlanStanding, choice: Choice, words: Words, *, on: date) -> dict[str, object]:
    """The plan that is paid, and what of it is asked for by that day where it gets more than that, and not all."""
    asked_cents = plan.asked_cents(on)
    is_more = asked_cents < (choice.amount_cents or 0) < plan.left_cents
    asked = words.money(asked_cents) if is_more else ""
    return {"id": choice.plan, "number": plan.plan.number, "ahead": choice.ahead, "asked": asked}


def other_credit_choice(choice: Choice) -> list[tuple[str, str]]:
    """The query of check and pay for the same charges with account credit kept, or used, whichever is not so now."""
    charges = [("charge", public_id) for public_id in choice.charges]
    return [*charges, ("credit", "keep")] if choice.uses_credit else charges


def returned(
    attempt: AttemptRow, quoted: Sequence[QuotedRow], words: Words, *, email: str, is_known: bool
) -> dict[str, object]:
    """What has become of an attempt, for whoever comes back from Stripe.

    `is_known`: Stripe was asked just now; a checkout that it still holds open was left without paying.
    """
    states = {"succeeded": "paid", "processing": "processing", "created": "confirming"}
    if not is_known:
        states["open"] = "confirming"
    return {
        "state": states.get(attempt.state, "failed"),
        "amount": words.money(attempt.amount_cents),
        "method": method_name(attempt.method, words),
        "reason": reason(attempt, words),
        "arrival": arrival(attempt, words),
        "email": email,
        "items": [
            {
                "number": line.number,
                "discount": words.money_or_nothing(line.discount_cents),
                "pay": words.money(line.pay_cents),
            }
            for line in quoted
        ],
    }


def of_plan(attempt: AttemptRow, found: PlanStanding, words: Words, *, base: str) -> dict[str, object]:
    """The plan that an attempt was for, and what is said of it where nothing was paid."""
    plan = found.plan
    here = f"{base}/plans/{plan.public_id}"
    is_kept = plan.state in KEPT
    first_cents = sum(row.left_cents for row in found.rows if row.position == 0 and row.left_cents >= found.least_cents)
    query = {
        "plan": plan.public_id,
        "amount": words.typed(attempt.amount_cents),
        "ahead": attempt.ahead or "last",
    }
    return {
        "number": plan.number,
        "href": here,
        "is_kept": is_kept,
        "first": words.money_or_nothing(first_cents if is_kept else 0),
        # The card or bank account was to be saved with this payment.
        "method": f"{here}/method" if is_kept and attempt.saves_method and plan.method_id is None else "",
        "again": f"{base}/pay?{urlencode(query)}" if attempt.amount_cents <= found.on_plan_cents else here,
    }


def again(standing: Standing, attempt: AttemptRow, quoted: Sequence[QuotedRow], words: Words) -> list[tuple[str, str]]:
    """The query of check and pay for the same once more: its charges, or its sum where that cleared not all of one."""
    payable = {item.charge_id: item.payable_cents for item in standing.items}
    if any(line.pay_cents + line.discount_cents < payable.get(line.charge_id, 0) for line in quoted):
        return [("amount", words.typed(attempt.amount_cents))]
    return [("charge", line.charge_public_id) for line in quoted]


def arrival(attempt: AttemptRow, words: Words) -> str:
    """When a bank debit under way should arrive; empty for everything else."""
    if attempt.state != "processing":
        return ""
    started_on = local_day(attempt.processing_at or attempt.created_at, words.time_zone)
    return words.date(add_business_days(started_on, _BANK_DAYS))


def reason(attempt: AttemptRow, words: Words) -> str:
    """Why it failed, where that helps whoever paid; empty where we do not know."""
    return words.text(_REASONS[attempt.failure]) if attempt.failure in _REASONS else ""
