"""Customers: who they are and the payment methods they keep."""

from typing import Any

from e2e.stripe import events, fields, methods
from e2e.stripe.state import State, Wire

KEPT = (
    "address",
    "business_name",
    "description",
    "email",
    "individual_name",
    "name",
    "phone",
    "preferred_locales",
)


def create(state: State, given: dict[str, Any]) -> Wire:
    """POST /v1/customers"""
    customer = state.add({
        "id": state.new_id("cus_", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "business_name": None,
        "created": state.stamp(),
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "individual_name": None,
        "invoice_prefix": state.new_id("", 8).upper(),
        "invoice_settings": {
            "custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None,
        },
        "livemode": state.livemode,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    })  # fmt: skip
    _fill(state, customer, given)
    if "payment_method" in given:
        methods.keep(state, given["payment_method"], customer["id"])
    events.emit(state, "customer.created", customer)
    return customer


def update(state: State, customer_id: str, given: dict[str, Any]) -> Wire:
    """POST /v1/customers/{id}"""
    customer = state.get("customer", customer_id)
    before = {name: customer[name] for name in given if name in customer}
    _fill(state, customer, given)
    events.emit(state, "customer.updated", customer, previous=before)
    return customer


def _fill(state: State, customer: Wire, given: dict[str, Any]) -> None:
    for name in KEPT:
        if name in given:
            customer[name] = given[name] if given[name] != "" else None
    if "metadata" in given:
        customer["metadata"] = fields.metadata(given["metadata"], customer["metadata"])
    default = given.get("invoice_settings", {}).get("default_payment_method")
    if default is not None:
        state.get("payment_method", default, param="invoice_settings[default_payment_method]")
        customer["invoice_settings"]["default_payment_method"] = default
