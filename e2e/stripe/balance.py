"""Stripe's own ledger: what each charge, refund and dispute moves, and when it becomes available."""

from datetime import UTC, datetime, timedelta

from e2e.stripe import events
from e2e.stripe.state import State, Wire, business_days_later

_CATEGORY = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "adjustment": "dispute",
}


def card_fee_cents(amount_cents: int) -> int:
    """2.9 % + 30 cents, half a cent upwards (https://stripe.com/pricing)."""
    return (amount_cents * 290 + 5_000) // 10_000 + 30


def bank_fee_cents(amount_cents: int) -> int:
    """0.8 %, at most five dollars."""
    return min(500, (amount_cents * 80 + 5_000) // 10_000)


def post(
    state: State,
    kind: str,
    amount: int,
    source: Wire,
    *,
    fee: int = 0,
    days: int = 2,
    category: str | None = None,
) -> Wire:
    """Book `amount` cents (negative: out) less `fee`; available after `days` working days."""
    available_at = business_days_later(state.now(), days)
    fees = [{"amount": fee, "application": None, "currency": source["currency"],
             "description": "Stripe processing fees", "type": "stripe_fee"}]  # fmt: skip
    booked = state.add({
        "id": state.new_id("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": int(available_at.timestamp()),
        "balance_type": "payments",
        "created": state.stamp(),
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees if fee else [],
        "net": amount - fee,
        "reporting_category": category or _CATEGORY[kind],
        "source": source["id"],
        "status": "pending",
        "type": kind,
    })  # fmt: skip
    state.at(available_at, "balance.available", booked["id"])
    return booked


def charge(state: State, thing: Wire) -> None:
    """Book a charge that succeeded: at once, or later when the account captures asynchronously."""
    delay = state.business.balance_transaction_delay_seconds
    if delay:
        state.at(state.now() + timedelta(seconds=delay), "balance.fill", thing["id"])
    else:
        thing["balance_transaction"] = _charge(state, thing)["id"]


def fill(state: State, charge_id: str) -> None:
    """The balance transaction that was still missing, told by `charge.updated`."""
    thing = state.get("charge", charge_id)
    thing["balance_transaction"] = _charge(state, thing)["id"]
    events.emit(state, "charge.updated", thing, previous={"balance_transaction": None})


def available(state: State, transaction_id: str) -> None:
    state.get("balance_transaction", transaction_id)["status"] = "available"


def corrupt(state: State, transaction_id: str, by_cents: int) -> Wire:
    """Stripe's books say another amount than what was moved. Nothing tells of it."""
    booked = state.get("balance_transaction", transaction_id)
    booked["amount"] += by_cents
    booked["net"] += by_cents
    return booked


def totals(state: State) -> dict[str, int]:
    """Net cents by status, for the dashboard."""
    found = {"pending": 0, "available": 0}
    for each in state.all("balance_transaction"):
        found[each["status"]] += each["net"]
    return found


def moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)


def _charge(state: State, thing: Wire) -> Wire:
    if thing["payment_method_details"]["type"] == "card":
        return post(state, "charge", thing["amount"], thing, fee=card_fee_cents(thing["amount"]))
    return post(state, "payment", thing["amount"], thing, fee=bank_fee_cents(thing["amount"]))
