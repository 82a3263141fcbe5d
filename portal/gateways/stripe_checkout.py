"""The one door to Stripe's API: hosted Checkout by redirect, giving back, and reading a whole payment again.

Every call may take half a minute (two retries by the library, heeding `Stripe-Should-Retry`), so none
belongs inside a transaction. Errors come out as StripeUnavailable or StripeRefused, no key in their text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import stripe
from stripe.params import RefundListParams
from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItem

from portal.gateways import stripe_reading as reading
from portal.gateways.stripe_values import (
    Checkout,
    CheckoutLine,
    CheckoutOrder,
    PaymentFacts,
    RefundFacts,
    StripeRefused,
    StripeUnavailable,
)
from portal.rules.money import stripe_maximum_cents
from portal.rules.refusals import Refusal

Found = TypeVar("Found")

# Stripe expands four levels deep and answers the newest ten refunds of a charge with it.
_OF_INTENT = ("latest_charge.balance_transaction", "latest_charge.refunds")
_OF_SESSION = tuple(f"payment_intent.{path}" for path in _OF_INTENT)
# A fifth level below a session's charge, so that refunds are asked for by themselves.
REFUND_BOOKINGS = ("data.balance_transaction", "data.failure_balance_transaction")
_MAX_LINES = 100
_MAX_NAME = 250
_MAX_DESCRIPTION = 500
_KEYS = re.compile(r"\b(?:sk|rk|pk|ek|whsec)_[^\s'\"]+")


def open_stripe(secret_key: str, *, api_base: str | None = None) -> "StripeCheckouts":
    """A client for one account. `api_base` is where the API answers, Stripe's own address by default."""
    client = stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base} if api_base else {},
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=(5, 30)),
    )
    return StripeCheckouts(client)


def asked(call: Callable[[], Found]) -> Found:
    """Answer the call of Stripe's library, or raise StripeUnavailable or StripeRefused.

    The library's error carries the whole reply, so it is not chained.
    """
    try:
        return call()
    except stripe.StripeError as error:
        raise _meaning(error) from None


@dataclass(frozen=True, slots=True)
class StripeCheckouts:
    """Checkouts and their payments. Safe to share between threads."""

    client: stripe.StripeClient

    def create_checkout(self, order: CheckoutOrder, *, idempotency_key: str) -> Checkout:
        """Open a hosted page that collects `order` by its one method; the same key answers the same session.

        Raises Refusal when the total is more than Stripe takes at once.
        https://docs.stripe.com/api/checkout/sessions/create
        """
        if order.total_cents > stripe_maximum_cents(order.currency):
            raise Refusal(
                "One online payment cannot be that large. Choose fewer invoices or enter a smaller amount.",
                field="amount",
            )
        params = _session_params(order)
        session = asked(lambda: self.client.v1.checkout.sessions.create(params, {"idempotency_key": idempotency_key}))
        if session.url is None:
            raise StripeRefused("no_url", "The session has no page to go to.", status=200)
        intent = session.payment_intent
        return Checkout(session.id, session.url, intent.id if isinstance(intent, stripe.PaymentIntent) else intent)

    def read_payment(self, checkout_id: str) -> PaymentFacts:
        """The whole payment behind a session, as Stripe has it now.

        One request; one more for a payment that was disputed, and one more for one that was refunded.
        """
        session = asked(lambda: self.client.v1.checkout.sessions.retrieve(checkout_id, {"expand": list(_OF_SESSION)}))
        return self._facts_of_session(session)

    def read_payment_by_intent(self, payment_intent_id: str) -> PaymentFacts:
        """As `read_payment`, from the intent alone: `checkout` is None."""
        intent = asked(lambda: self.client.v1.payment_intents.retrieve(payment_intent_id, {"expand": list(_OF_INTENT)}))
        return self._facts(None, intent.to_dict())

    def expire_checkout(self, checkout_id: str) -> PaymentFacts:
        """Close an open session, and answer the payment as it stands afterwards.

        `checkout.status` then is "expired", or "complete" where the customer was faster. It needs no key of
        ours: a second time Stripe says that the session is not open, and we read what it is instead.
        """
        try:
            session = asked(lambda: self.client.v1.checkout.sessions.expire(checkout_id, {"expand": list(_OF_SESSION)}))
        except StripeRefused as refused:
            if refused.status != 400:
                raise
            return self.read_payment(checkout_id)
        return self._facts_of_session(session)

    def create_refund(
        self, payment_intent_id: str, amount_cents: int, *, metadata: Mapping[str, str], idempotency_key: str
    ) -> RefundFacts:
        """Give `amount_cents` of a payment back, in its own currency; the same key answers the same refund.

        Stripe refuses more than is left of the charge, a charge that is disputed ("charge_disputed"), and a bank
        debit after 180 days. What comes back may be pending: https://docs.stripe.com/api/refunds/create
        """
        refund = asked(
            lambda: self.client.v1.refunds.create(
                {"payment_intent": payment_intent_id, "amount": amount_cents, "metadata": dict(metadata)},
                {"idempotency_key": idempotency_key},
            )
        )
        return reading.refund_facts(refund.to_dict())

    def _facts_of_session(self, session: stripe.checkout.Session) -> PaymentFacts:
        found = session.to_dict()
        return self._facts(found, found.get("payment_intent"))

    def _facts(self, session: Mapping[str, Any] | None, intent: Mapping[str, Any] | None) -> PaymentFacts:
        charge = intent.get("latest_charge") if intent else None
        return PaymentFacts(
            checkout=reading.checkout_facts(session) if session else None,
            intent=reading.intent_facts(intent) if intent else None,
            charge=reading.charge_facts(charge) if charge else None,
            refunds=_oldest_first(map(reading.refund_facts, self._refunds(charge))) if charge else (),
            disputes=_oldest_first(map(reading.dispute_facts, self._disputes(charge))) if charge else (),
        )

    def _refunds(self, charge: Mapping[str, Any]) -> list[dict[str, Any]]:
        # The charge's own amounts do not tell of a refund that failed.
        if not (charge.get("refunds") or {}).get("data"):
            return []
        wanted: RefundListParams = {"charge": charge["id"], "limit": 100, "expand": list(REFUND_BOOKINGS)}
        return asked(lambda: [each.to_dict() for each in self.client.v1.refunds.list(wanted).auto_paging_iter()])

    def _disputes(self, charge: Mapping[str, Any]) -> list[dict[str, Any]]:
        if not charge["disputed"]:
            return []
        return asked(
            lambda: [
                each.to_dict()
                for each in self.client.v1.disputes.list({"charge": charge["id"], "limit": 100}).auto_paging_iter()
            ]
        )


def _session_params(order: CheckoutOrder) -> SessionCreateParams:
    metadata = dict(order.metadata)
    params: SessionCreateParams = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "client_reference_id": order.reference,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "allowed_payment_method_types": [order.method],
        # The customer pays exactly the quoted amount in the account's currency.
        "adaptive_pricing": {"enabled": False},
        # Link would show a saved card of whoever's email address this is.
        "wallet_options": {"link": {"display": "never"}},
        "line_items": _line_items(order),
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "expires_at": int(order.expires_at.timestamp()),
    }
    if order.saves_method:
        params["payment_intent_data"]["setup_future_usage"] = "off_session"
    if order.customer_id is not None:
        params["customer"] = order.customer_id
    elif order.customer_email is not None:
        params["customer_email"] = order.customer_email
    if order.method == "us_bank_account":
        # Microdeposits would leave the intent waiting for days.
        params["payment_method_options"] = {"us_bank_account": {"verification_method": "instant"}}
    return params


def _line_items(order: CheckoutOrder) -> list[SessionCreateParamsLineItem]:
    """One item per line; Stripe takes a hundred, so more become a single one."""
    if len(order.lines) <= _MAX_LINES:
        return [_line_item(order.currency, line) for line in order.lines]
    summary = CheckoutLine(f"{len(order.lines)} invoices and charges", None, order.total_cents)
    return [_line_item(order.currency, summary)]


def _line_item(currency: str, line: CheckoutLine) -> SessionCreateParamsLineItem:
    item: SessionCreateParamsLineItem = {
        "quantity": 1,
        "price_data": {
            "currency": currency,
            "unit_amount": line.amount_cents,
            "product_data": {"name": line.name[:_MAX_NAME]},
        },
    }
    if line.description:
        item["price_data"]["product_data"]["description"] = line.description[:_MAX_DESCRIPTION]
    return item


def _meaning(error: stripe.StripeError) -> StripeUnavailable | StripeRefused:
    status = error.http_status
    if status is None:
        return StripeUnavailable("Stripe could not be reached.")
    if status in (409, 429) or not 400 <= status < 500:
        return StripeUnavailable(f"Stripe answered {status}.", is_remembered=status >= 500)
    details = error.error.to_dict() if error.error is not None else {}
    code = details.get("code") or details.get("type") or "unknown"
    return StripeRefused(code, _KEYS.sub("[key]", error.user_message or "no reason given"), status=status)


def _oldest_first(found: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(found, key=lambda each: each.created_at))
