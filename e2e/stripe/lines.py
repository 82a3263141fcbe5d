"""The lines of a Checkout Session: an inline price becomes a product, a price and an item."""

from typing import Any

from e2e.stripe import fields
from e2e.stripe.errors import invalid
from e2e.stripe.state import State, Wire


def of(state: State, session_id: str) -> list[Wire]:
    """The items in the order in which they were given."""
    state.get("checkout.session", session_id)
    found: list[Wire] = state.hidden[session_id]["lines"]
    return found


def create(state: State, given: dict[str, Any], index: int) -> Wire:
    """One of `line_items`. Raises ApiError 400 that names its place."""
    where = f"line_items[{index}]"
    data = given.get("price_data")
    if data is None:
        raise invalid("The stand-in covers price_data only.", param=f"{where}[price]")
    if "product_data" not in data or "unit_amount" not in data:
        raise invalid("price_data needs product_data and unit_amount.", param=f"{where}[price_data]")
    if data["unit_amount"] < 0:
        raise invalid(
            "Invalid non-negative integer",
            param=f"{where}[price_data][unit_amount]",
            code="parameter_invalid_integer",
        )
    quantity = given.get("quantity")
    if quantity is None or quantity < 1:
        raise invalid("Quantity is required and at least 1.", param=f"{where}[quantity]")
    currency = fields.currency(data["currency"])
    product = _product(state, data["product_data"])
    amount = data["unit_amount"] * quantity
    return {
        "id": state.new_id("li_1"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": product["name"],
        "metadata": fields.metadata(given.get("metadata")),
        "price": _price(state, product["id"], currency, data["unit_amount"]),
        "quantity": quantity,
    }


def _product(state: State, given: dict[str, Any]) -> Wire:
    return state.add({
        "id": state.new_id("prod_", 14),
        "object": "product",
        "active": False,
        "created": state.stamp(),
        "description": given.get("description"),
        "images": [],
        "livemode": state.livemode,
        "marketing_features": [],
        "metadata": fields.metadata(given.get("metadata")),
        "name": fields.short(given["name"], 250, param="line_items[price_data][product_data][name]"),
        "package_dimensions": None,
        "shippable": None,
        "type": "service",
        "tax_code": None,
        "unit_label": None,
        "updated": state.stamp(),
        "url": None,
    })  # fmt: skip


def _price(state: State, product_id: str, currency: str, unit_amount: int) -> Wire:
    return {
        "id": state.new_id("price_1"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": state.stamp(),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": state.livemode,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product_id,
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
    }
