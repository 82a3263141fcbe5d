"""Stripe's addresses as a table: what each takes, what it does, which of its parameters are covered.

A parameter that Stripe knows but the stand-in would ignore is refused rather than swallowed.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from stripe import params as p

from e2e.stripe import customers, intents, lines, listing, methods, refunds, sessions
from e2e.stripe.errors import ApiError
from e2e.stripe.state import State, Wire

Run = Callable[[State, dict[str, str], dict[str, Any]], Wire]
_SESSION = """mode ui_mode line_items.price_data.currency line_items.price_data.unit_amount
    line_items.price_data.product_data.name line_items.price_data.product_data.description
    line_items.price_data.product_data.metadata line_items.quantity line_items.metadata success_url cancel_url
    client_reference_id customer customer_email customer_creation expires_at metadata
    allowed_payment_method_types currency setup_intent_data.metadata setup_intent_data.description
    payment_method_options.us_bank_account.verification_method
    payment_method_options.card.request_three_d_secure
    payment_intent_data.metadata payment_intent_data.description payment_intent_data.receipt_email
    payment_intent_data.setup_future_usage payment_intent_data.statement_descriptor_suffix adaptive_pricing
    wallet_options locale submit_type billing_address_collection custom_text integration_identifier
    origin_context"""
_INTENT = """amount currency customer metadata description payment_method confirm off_session return_url
    receipt_email setup_future_usage statement_descriptor_suffix allowed_payment_method_types
    automatic_payment_methods payment_method_options mandate_data error_on_requires_action"""
_PAGING = "limit starting_after ending_before created"
_CUSTOMER = f"{' '.join(customers.KEPT)} metadata invoice_settings.default_payment_method"


class Operation(NamedTuple):
    """`takes`: a TypedDict of stripe.params. `covers`: dotted parameter names that are honoured."""

    method: str
    pattern: re.Pattern[str]
    takes: type
    run: Run
    covers: frozenset[str]


def find(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    """The operation at an address and the ids in it. Raises ApiError 404."""
    for each in OPERATIONS:
        match = each.pattern.fullmatch(path)
        if match and each.method == method:
            return each, match.groupdict()
    raise ApiError(404, f"Unrecognized request URL ({method}: {path}).", saved=False)


def uncovered(operation: Operation, given: dict[str, Any]) -> list[str]:
    """Parameters that are right by Stripe's types but that this stand-in does not honour."""
    return sorted({name for name in _names(given, "") if not _covered(operation, name)})


def _op(method: str, path: str, takes: type, run: Run, covers: str = "") -> Operation:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[\\w]+)", path)
    return Operation(method, re.compile(pattern), takes, run, frozenset((*covers.split(), "expand")))


def _get(kind: str) -> Run:
    return lambda state, ids, given: state.get(kind, ids["id"])


def _list(kind: str) -> Run:
    path = f"/v1/{kind.replace('.', '/')}s"
    return lambda state, ids, given: listing.page(state.all(kind), given, path)


def _made(create: Callable[[State, dict[str, Any]], Wire]) -> Run:
    return lambda state, ids, given: create(state, given)


def _of(act: Callable[[State, str, dict[str, Any]], Wire]) -> Run:
    return lambda state, ids, given: act(state, ids["id"], given)


def _names(given: Any, where: str) -> list[str]:
    if isinstance(given, dict) and given:
        return [name for key, each in given.items() for name in _names(each, f"{where}.{key}" if where else key)]
    if isinstance(given, list) and given and where != "expand":
        return [name for each in given for name in _names(each, where)]
    return [where] if where else []


def _covered(operation: Operation, name: str) -> bool:
    steps = name.split(".")
    return any(".".join(steps[:n]) in operation.covers for n in range(1, len(steps) + 1))


def _account(state: State, ids: dict[str, str], given: dict[str, Any]) -> Wire:
    return {
        "id": "acct_1StandInForStripe",
        "object": "account",
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": "owner@stand-in.test",
        "payouts_enabled": True,
        "type": "standard",
    }


def _line_items(state: State, ids: dict[str, str], given: dict[str, Any]) -> Wire:
    # Lines keep their order, unlike every other list.
    rows = list(reversed(lines.of(state, ids["id"])))
    return listing.page(rows, given, f"/v1/checkout/sessions/{ids['id']}/line_items")


def _customer_methods(state: State, ids: dict[str, str], given: dict[str, Any]) -> Wire:
    state.get("customer", ids["id"])
    wanted = given | {"customer": ids["id"]}
    return listing.page(state.all("payment_method"), wanted, f"/v1/customers/{ids['id']}/payment_methods")


OPERATIONS = (
    _op("GET", "/v1/account", p.AccountRetrieveCurrentParams, _account),
    _op("POST", "/v1/customers", p.CustomerCreateParams, _made(customers.create),
        f"{_CUSTOMER} payment_method"),
    _op("GET", "/v1/customers", p.CustomerListParams, _list("customer"), f"{_PAGING} email"),
    _op("GET", "/v1/customers/{id}", p.CustomerRetrieveParams, _get("customer")),
    _op("POST", "/v1/customers/{id}", p.CustomerUpdateParams, _of(customers.update), _CUSTOMER),
    _op("GET", "/v1/customers/{id}/payment_methods", p.CustomerPaymentMethodListParams, _customer_methods,
        f"{_PAGING} type"),
    _op("POST", "/v1/checkout/sessions", p.checkout.SessionCreateParams, _made(sessions.create), _SESSION),
    _op("GET", "/v1/checkout/sessions", p.checkout.SessionListParams, _list("checkout.session"),
        f"{_PAGING} customer payment_intent status"),
    _op("GET", "/v1/checkout/sessions/{id}", p.checkout.SessionRetrieveParams, _get("checkout.session")),
    _op("POST", "/v1/checkout/sessions/{id}", p.checkout.SessionUpdateParams, _of(sessions.update),
        "metadata"),
    _op("GET", "/v1/checkout/sessions/{id}/line_items", p.checkout.SessionLineItemListParams, _line_items,
        _PAGING),
    _op("POST", "/v1/checkout/sessions/{id}/expire", p.checkout.SessionExpireParams, _of(sessions.expire)),
    _op("POST", "/v1/payment_intents", p.PaymentIntentCreateParams, _made(intents.create), _INTENT),
    _op("GET", "/v1/payment_intents", p.PaymentIntentListParams, _list("payment_intent"),
        f"{_PAGING} customer"),
    _op("GET", "/v1/payment_intents/{id}", p.PaymentIntentRetrieveParams, _get("payment_intent")),
    _op("POST", "/v1/payment_intents/{id}", p.PaymentIntentUpdateParams, _of(intents.update),
        "metadata description amount payment_method"),
    _op("POST", "/v1/payment_intents/{id}/confirm", p.PaymentIntentConfirmParams, _of(intents.confirm),
        "payment_method off_session return_url setup_future_usage mandate_data"),
    _op("POST", "/v1/payment_intents/{id}/cancel", p.PaymentIntentCancelParams, _of(intents.cancel),
        "cancellation_reason"),
    _op("GET", "/v1/payment_methods", p.PaymentMethodListParams, _list("payment_method"),
        f"{_PAGING} customer type"),
    _op("GET", "/v1/payment_methods/{id}", p.PaymentMethodRetrieveParams, _get("payment_method")),
    _op("POST", "/v1/payment_methods/{id}/attach", p.PaymentMethodAttachParams, _of(methods.attach),
        "customer"),
    _op("POST", "/v1/payment_methods/{id}/detach", p.PaymentMethodDetachParams, _of(methods.detach)),
    _op("GET", "/v1/mandates/{id}", p.MandateRetrieveParams, _get("mandate")),
    _op("GET", "/v1/setup_intents", p.SetupIntentListParams, _list("setup_intent"),
        f"{_PAGING} customer payment_method"),
    _op("GET", "/v1/setup_intents/{id}", p.SetupIntentRetrieveParams, _get("setup_intent")),
    _op("GET", "/v1/charges", p.ChargeListParams, _list("charge"), f"{_PAGING} customer payment_intent"),
    _op("GET", "/v1/charges/{id}", p.ChargeRetrieveParams, _get("charge")),
    _op("POST", "/v1/refunds", p.RefundCreateParams, _made(refunds.create),
        "charge payment_intent amount reason metadata"),
    _op("GET", "/v1/refunds", p.RefundListParams, _list("refund"), f"{_PAGING} charge payment_intent"),
    _op("GET", "/v1/refunds/{id}", p.RefundRetrieveParams, _get("refund")),
    _op("GET", "/v1/disputes", p.DisputeListParams, _list("dispute"), f"{_PAGING} charge payment_intent"),
    _op("GET", "/v1/disputes/{id}", p.DisputeRetrieveParams, _get("dispute")),
    _op("GET", "/v1/balance_transactions", p.BalanceTransactionListParams, _list("balance_transaction"),
        f"{_PAGING} source type currency"),
    _op("GET", "/v1/balance_transactions/{id}", p.BalanceTransactionRetrieveParams,
        _get("balance_transaction")),
    _op("GET", "/v1/events", p.EventListParams, _list("event"), f"{_PAGING} type types"),
    _op("GET", "/v1/events/{id}", p.EventRetrieveParams, _get("event")),
)  # fmt: skip
