"""Every table of the house, by topic. No room here is called as a table is: importing it would hide the table."""

from portal.records.tables.access import accounts, contacts, devices, grants, links, sessions, step_codes, throttle
from portal.records.tables.base import metadata
from portal.records.tables.collecting import autopays, collection_tries, collections, saved_methods, setups
from portal.records.tables.disputing import (
    attachments,
    dispute_lines,
    dispute_messages,
    dispute_moves,
    dispute_offers,
    disputes,
)
from portal.records.tables.fees import late_fees, waivers
from portal.records.tables.ledger import allocations, charge_lines, charges, credits, movements, payments
from portal.records.tables.notices import history, letters, policies
from portal.records.tables.paying import attempt_charges, attempts, inbox
from portal.records.tables.planning import (
    agreements,
    instalments,
    plan_charges,
    plan_consents,
    plan_events,
    plan_options,
    plans,
)
from portal.records.tables.reversing import breaks, chargebacks, marks, notices, refunds, releases, write_offs
from portal.records.tables.staff import history_seals, passkeys, recovery_codes, staff, staff_sessions

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
    "dispute_moves",
    "dispute_messages",
    "late_fees",
    "waivers",
    "history_seals",
    "agreements",
    "plan_events",
    "plan_consents",
)

__all__ = [
    "APPEND_ONLY",
    "accounts",
    "agreements",
    "allocations",
    "attachments",
    "attempt_charges",
    "attempts",
    "autopays",
    "breaks",
    "charge_lines",
    "chargebacks",
    "charges",
    "collection_tries",
    "collections",
    "contacts",
    "credits",
    "devices",
    "dispute_lines",
    "dispute_messages",
    "dispute_moves",
    "dispute_offers",
    "disputes",
    "grants",
    "history",
    "history_seals",
    "inbox",
    "instalments",
    "late_fees",
    "letters",
    "links",
    "marks",
    "metadata",
    "movements",
    "notices",
    "passkeys",
    "payments",
    "plan_charges",
    "plan_consents",
    "plan_events",
    "plan_options",
    "plans",
    "policies",
    "recovery_codes",
    "refunds",
    "releases",
    "saved_methods",
    "sessions",
    "setups",
    "staff",
    "staff_sessions",
    "step_codes",
    "throttle",
    "waivers",
    "write_offs",
]
