"""Every table of the house, by topic. No room here is called as a table is: importing it would hide the table."""

from portal.records.tables.access import accounts, contacts, grants, links, sessions, throttle
from portal.records.tables.base import metadata
from portal.records.tables.ledger import allocations, charge_lines, charges, credits, movements, payments
from portal.records.tables.notices import history, letters, policies
from portal.records.tables.paying import attempt_charges, attempts, inbox
from portal.records.tables.reversing import breaks, chargebacks, marks, notices, refunds, releases, write_offs

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
    "releases",
    "write_offs",
)

__all__ = [
    "APPEND_ONLY",
    "accounts",
    "allocations",
    "attempt_charges",
    "attempts",
    "breaks",
    "charge_lines",
    "chargebacks",
    "charges",
    "contacts",
    "credits",
    "grants",
    "history",
    "inbox",
    "letters",
    "links",
    "marks",
    "metadata",
    "movements",
    "notices",
    "payments",
    "policies",
    "refunds",
    "releases",
    "sessions",
    "throttle",
    "write_offs",
]
