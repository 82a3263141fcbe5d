"""Stripe's events in words; their bodies without what is a person's own."""

import json
from collections.abc import Sequence
from urllib.parse import quote

from admin.views.cells import Cell
from portal.actions.policies import Policy
from portal.records.inbox_listed import EventListedRow

STATES = {
    "new": "Waiting",
    "handled": "Handled",
    "foreign": "Not ours",
    "ignored": "Not needed",
    "dead": "Given up",
}
_CHIPS = {"new": "on_its_way", "handled": "stands", "foreign": "open", "ignored": "open", "dead": "failed"}
# What tells who somebody is, or lets somebody in.
_MASKED = frozenset(
    {
        *("address", "address_line1_check", "billing_details", "business_name", "client_secret", "customer_address"),
        *("customer_details", "customer_email", "customer_name", "customer_phone", "display_name", "email"),
        *("fingerprint", "individual_name", "ip", "ip_address", "line1", "line2", "name", "owner", "phone"),
        *("postal_code", "receipt_email", "receipt_url", "shipping", "tax_ids", "url", "hosted_invoice_url"),
        *("hosted_verification_url", "evidence", "next_action"),
    }
)
_MASK = "(hidden)"


def row(found: EventListedRow, policy: Policy, *, can_retry: bool) -> Sequence[Cell]:
    """Event, what it is about, state, received, what went wrong."""
    words = policy.words(policy.currency)
    tries = f"tried {found.tries} times" if found.tries > 1 else ""
    return [
        Cell(found.event_id, href=address(found.event_id), sub=found.type),
        Cell(found.subject),
        chip(found.state, tries),
        Cell(words.short_moment(found.received_at)),
        Cell(found.error or ""),
        Cell("Try again", act=f"{address(found.event_id)}/retry", about=found.event_id)
        if found.state == "dead" and can_retry
        else Cell(""),
    ]


def address(event_id: str) -> str:
    """Where an event is, whatever Stripe has called it."""
    return f"/admin/events/{quote(event_id, safe='')}"


def chip(state: str, sub: str = "") -> Cell:
    """How an event stands."""
    return Cell(STATES[state], chip=_CHIPS[state], sub=sub)


def masked(body: bytes) -> str:
    """The body to read: what is empty stays empty, what is a person's own is hidden."""
    try:
        return json.dumps(_without(json.loads(body)), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return "(It cannot be read.)"


def _without(value: object) -> object:
    if isinstance(value, dict):
        return {key: _MASK if key in _MASKED and each else _without(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without(each) for each in value]
    return value
