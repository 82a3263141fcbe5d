"""What goes to Stripe and what comes back, as frozen values: no type of the `stripe` library gets past them.

Importing this room does not import `stripe` (half a second of CPU). Ids and status words are Stripe's own;
currencies are lower case as Stripe writes them; `_cents` are minor units; `_at` are aware UTC datetimes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Method = Literal["card", "us_bank_account"]


class StripeUnavailable(Exception):
    """Stripe could not be reached, is busy or is broken, or is still at the same request: ask again later.

    Whether the request took effect is unknown; the same idempotency key must be used again, unless the answer
    `is_remembered`: Stripe keeps a 500 under its key and would only repeat it.
    https://docs.stripe.com/api/idempotent_requests
    """

    def __init__(self, reason: str, *, is_remembered: bool = False) -> None:
        super().__init__(reason)
        self.is_remembered = is_remembered


class StripeRefused(Exception):
    """Stripe understood and said no (4xx); asking again will not help. `code` is Stripe's error code, or its
    error type where it gives no code. The message is for the owner, not for a customer."""

    def __init__(self, code: str, message: str, *, status: int) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    """One charge on Stripe's page: the reduced amount, with its discount told in `description`."""

    name: str
    description: str | None
    amount_cents: int


@dataclass(frozen=True, slots=True)
class CheckoutOrder:
    """What a checkout is to collect.

    `reference` is the attempt's public id; `metadata` goes onto the session and its intent alike (and names
    this installation); `expires_at` must be 30 minutes to 24 hours ahead by Stripe's clock. A customer is shown the
    cards saved before, so `customer_id` is only for one who has proved who they are; with `saves_method` Stripe keeps
    the method for that customer, to be charged while they are away.
    """

    reference: str
    metadata: Mapping[str, str]
    currency: str
    lines: tuple[CheckoutLine, ...]
    method: Method
    success_url: str
    cancel_url: str
    expires_at: datetime
    customer_email: str | None = None
    customer_id: str | None = None
    saves_method: bool = False

    @property
    def total_cents(self) -> int:
        return sum(line.amount_cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A session just opened. Its intent usually exists only once the customer has pressed Pay."""

    checkout_id: str
    url: str
    payment_intent_id: str | None


@dataclass(frozen=True, slots=True)
class CheckoutFacts:
    """`status` open, complete or expired; `payment_status` paid, unpaid or no_payment_required."""

    checkout_id: str
    status: str
    payment_status: str
    url: str | None
    reference: str | None
    amount_cents: int
    currency: str
    metadata: Mapping[str, str]
    livemode: bool
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class IntentFacts:
    """`status` requires_payment_method, requires_confirmation, requires_action, processing, requires_capture,
    canceled or succeeded. The error is that of the last try, and stays until the next; so does the method. `next_url`
    is where the customer's browser must go while requires_action."""

    payment_intent_id: str
    status: str
    amount_cents: int
    received_cents: int
    currency: str
    metadata: Mapping[str, str]
    livemode: bool
    created_at: datetime
    error_code: str | None
    decline_code: str | None
    error_message: str | None
    payment_method_id: str | None = None
    customer_id: str | None = None
    next_url: str | None = None


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """The intent's latest charge; `status` pending, succeeded or failed. Only one of an intent's charges ever
    succeeds, and none follows it. `method_name` is the card's brand or the bank's name. The fee is None while
    Stripe has not booked the charge yet (`booked_at`: when the money counts as received), and is in
    `fee_currency`, the settlement side. The mandate is a bank debit's."""

    charge_id: str
    status: str
    amount_cents: int
    captured_cents: int
    currency: str
    created_at: datetime
    method_type: str
    method_name: str | None
    last4: str | None
    failure_code: str | None
    failure_message: str | None
    balance_transaction_id: str | None
    booked_at: datetime | None
    fee_cents: int | None
    fee_currency: str | None
    refunded_cents: int = 0
    payment_method_id: str | None = None
    mandate_id: str | None = None


@dataclass(frozen=True, slots=True)
class DisputeMovement:
    """What a dispute or a refund took from Stripe's balance (negative) or gave back, in the settlement currency."""

    balance_transaction_id: str
    amount_cents: int
    fee_cents: int
    currency: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """`status` pending, requires_action, succeeded, failed or canceled; it may fail after it succeeded.

    `failed_at` is None where it did not fail, or Stripe has not booked the money's return. `bookings` are none, the
    one that took the money, or both; the answer to a new refund has none of these yet.
    """

    refund_id: str
    charge_id: str
    payment_intent_id: str | None
    status: str
    amount_cents: int
    currency: str
    created_at: datetime
    reason: str | None
    failure_reason: str | None
    metadata: Mapping[str, str]
    failed_at: datetime | None = None
    bookings: tuple[DisputeMovement, ...] = ()


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """`amount_cents` is in the payment's own currency. Post from `movements`, never from `status` alone.

    `status` is one of https://docs.stripe.com/api/disputes/object#dispute_object-status, or a word that is newer.
    `answer_by` is None where no answer is possible (a bank return).
    """

    dispute_id: str
    charge_id: str
    payment_intent_id: str | None
    status: str
    reason: str
    amount_cents: int
    currency: str
    created_at: datetime
    answer_by: datetime | None
    movements: tuple[DisputeMovement, ...]


@dataclass(frozen=True, slots=True)
class BookedFacts:
    """One line of Stripe's own books, in the settlement currency: `amount_cents` is negative where money went out,
    and `fee_cents` goes off it (negative: a fee given back). `type` is a word such as charge, payment, refund,
    payment_refund, refund_failure, adjustment, payout; `source_id` the charge, refund or dispute it is about."""

    balance_transaction_id: str
    type: str
    source_id: str | None
    amount_cents: int
    fee_cents: int
    currency: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A whole payment as Stripe has it now. Without `checkout` it was read by its intent; without `intent`
    nobody has pressed Pay yet; refunds and disputes are oldest first."""

    checkout: CheckoutFacts | None
    intent: IntentFacts | None
    charge: ChargeFacts | None
    refunds: tuple[RefundFacts, ...] = ()
    disputes: tuple[DisputeFacts, ...] = ()

    @property
    def succeeded(self) -> bool:
        """The money was received (which a later refund or dispute does not undo)."""
        return self.charge is not None and self.charge.status == "succeeded" and self.charge.captured_cents > 0

    @property
    def processing(self) -> bool:
        """A bank debit is under way."""
        return self.intent is not None and self.intent.status == "processing"
