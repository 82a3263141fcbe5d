"""Every table of the house, by topic. No room here is called as a table is: importing it would hide the table."""

from portal.records.tables.access import accounts, contacts, grants, links, sessions, throttle
from portal.records.tables.base import metadata
from portal.records.tables.ledger import allocations, charge_lines, charges, credits, movements, payments
from portal.records.tables.notices import history, leases, letters, policies
from portal.records.tables.paying import attempt_charges, attempts, inbox

# The migrations install triggers that refuse UPDATE and DELETE on these, on both databases.
APPEND_ONLY = (
    "policies",
    "charges",
    "charge_lines",
    "payments",
    "credits",
    "allocations",
    "movements",
    "history",
)

__all__ = [
    "APPEND_ONLY",
    "accounts",
    "allocations",
    "attempt_charges",
    "attempts",
    "charge_lines",
    "charges",
    "contacts",
    "credits",
    "grants",
    "history",
    "inbox",
    "leases",
    "letters",
    "links",
    "metadata",
    "movements",
    "payments",
    "policies",
    "sessions",
    "throttle",
]
