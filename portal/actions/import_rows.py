"""From what an import decided to the rows of each table, so that they can be written in bulk.

What is imported is in the owner's books already, so all of it is history: it stays out of the journal export.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from portal.actions.policies import Policy
from portal.actions.statements import discount_steps
from portal.records import Session, imports
from portal.rules import ledger
from portal.rules.dates import day_ends_at
from portal.rules.discounts import Facts, discount_for, tax_part_cents
from portal.rules.imports.customers import Account, NewContact
from portal.rules.imports.known import promise
from portal.rules.imports.values import ImportedInvoice


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or a credit memo to be added to an account."""

    invoice: ImportedInvoice
    account: Account


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment to be added. `charge_id` None: the charge is new, of the same number. `facts` None: no discount."""

    invoice: ImportedInvoice
    account: Account
    amount_cents: int
    open_cents: int
    facts: Facts | None
    charge_id: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an import will add, and how many invoices stay as they are."""

    accounts: Sequence[Account] = ()
    contacts: Sequence[NewContact] = ()
    invoices: list[Document] = field(default_factory=list)
    credits: list[Document] = field(default_factory=list)
    payments: list[Paid] = field(default_factory=list)
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.accounts or self.contacts or self.invoices or self.credits or self.payments)


def new_facts(invoice: ImportedInvoice, terms: str, policy: Policy) -> Facts | None:
    """What decides the discount of a payment on an invoice that is only being added; None without discount terms."""
    steps = discount_steps(terms, invoice.issued_on)
    if not steps:
        return None
    return Facts(
        net_cents=invoice.amount_cents - invoice.tax_cents,
        tax_cents=invoice.tax_cents,
        steps=steps,
        base=policy.discount_base,  # type: ignore[arg-type]
        mode=policy.discount_mode,  # type: ignore[arg-type]
    )


def build_rows(session: Session, plan: Plan, *, policy: Policy, now: datetime) -> imports.Batch:
    """Rows with their ids, in the caller's transaction, which holds the ids."""
    batch = imports.Batch()
    owners = {id(account): account.id for account in plan.accounts}
    for account, account_id in zip(
        plan.accounts, imports.reserve(session, "accounts", len(plan.accounts)), strict=True
    ):
        owners[id(account)] = account_id
        batch.accounts.append((account_id, _public_id(), account.number, account.name, account.currency, now))
    writer = _Writer(batch, owners, policy, now)
    for contact in plan.contacts:
        batch.contacts.append((writer.owner(contact.account), contact.name, contact.email, now))
    charge_ids = {}
    for document, charge_id in zip(plan.invoices, imports.reserve(session, "charges", len(plan.invoices)), strict=True):
        charge_ids[document.invoice.number] = charge_id
        writer.add_invoice(document, charge_id)
    for document, credit_id in zip(plan.credits, imports.reserve(session, "credits", len(plan.credits)), strict=True):
        writer.add_credit(document, credit_id)
    count = len(plan.payments)
    payment_ids, allocation_ids = (imports.reserve(session, table, count) for table in ("payments", "allocations"))
    for paid, payment_id, allocation_id in zip(plan.payments, payment_ids, allocation_ids, strict=True):
        charge_id = paid.charge_id or charge_ids[paid.invoice.number]
        writer.add_payment(paid, charge_id, payment_id, allocation_id)
    return batch


@dataclass(frozen=True, slots=True)
class _Writer:
    """Adds the rows of one document or payment to the batch."""

    batch: imports.Batch
    owners: dict[int, int | None]
    policy: Policy
    now: datetime

    def owner(self, account: Account) -> int:
        account_id = account.id or self.owners[id(account)]
        assert account_id is not None, "an account without an id is among the new ones"
        return account_id

    def add_invoice(self, document: Document, charge_id: int) -> None:
        invoice, account_id = document.invoice, self.owner(document.account)
        terms, due_on = promise(invoice.terms, invoice.due_on, invoice.issued_on, self.policy.default_terms)
        self.batch.charges.append(
            (
                charge_id, _public_id(), account_id, "invoice", invoice.number, invoice.issued_on, due_on,
                invoice.amount_cents, invoice.tax_cents, terms, self.policy.discount_base,
                self.policy.discount_mode, True, self.now,
            )
        )  # fmt: skip
        for position, line in enumerate(invoice.lines, start=1):
            self.batch.charge_lines.append(
                (
                    charge_id, position, line.description, line.quantity, line.unit_price, line.amount_cents,
                    line.tax_cents,
                )
            )  # fmt: skip
        net = invoice.amount_cents - invoice.tax_cents
        issued = ledger.invoice_issued(charge_id, net_cents=net, tax_cents=invoice.tax_cents, on=invoice.issued_on)
        self._post(issued, account_id, invoice.currency)

    def add_credit(self, document: Document, credit_id: int) -> None:
        invoice, account_id = document.invoice, self.owner(document.account)
        amount, tax = -invoice.amount_cents, -invoice.tax_cents
        reason = next((line.description for line in invoice.lines if line.description), "")
        self.batch.credits.append(
            (
                credit_id, _public_id(), account_id, invoice.number, invoice.issued_on, amount, tax, reason, True,
                self.now,
            )
        )  # fmt: skip
        issued = ledger.credit_issued(credit_id, net_cents=amount - tax, tax_cents=tax, on=invoice.issued_on)
        self._post(issued, account_id, invoice.currency)

    def add_payment(self, paid: Paid, charge_id: int, payment_id: int, allocation_id: int) -> None:
        """The money on its day; on the charge not before the charge was issued. More than is open stays credit."""
        invoice, account_id = paid.invoice, self.owner(paid.account)
        assert invoice.paid_on is not None
        received_on, applied_on = invoice.paid_on, max(invoice.paid_on, invoice.issued_on)
        amount, discount = paid.amount_cents, _discount(paid, received_on)
        applied = min(amount, paid.open_cents - discount)
        started_at = _first_instant(received_on, self.policy.time_zone)
        self.batch.payments.append(
            (
                payment_id, _public_id(), account_id, imports.METHOD, amount, invoice.currency, started_at,
                received_on, invoice.number, self.now,
            )
        )  # fmt: skip
        self.batch.allocations.append(
            (
                allocation_id, account_id, payment_id, charge_id, applied, discount, received_on, applied_on,
                self.now,
            )
        )  # fmt: skip
        movements = ledger.payment_received(payment_id, amount_cents=amount, on=received_on) + ledger.applied(
            allocation_id, charge_id, amount_cents=applied, on=applied_on, payment_id=payment_id
        )
        if discount and paid.facts:
            movements += ledger.discount_given(
                allocation_id,
                charge_id,
                discount_cents=discount,
                tax_cents=tax_part_cents(paid.facts, discount),
                on=applied_on,
                payment_id=payment_id,
            )
        self._post(movements, account_id, invoice.currency)

    def _post(self, movements: ledger.Movements, account_id: int, currency: str) -> None:
        for each in movements:
            self.batch.movements.append(
                (
                    each.source, each.debit.value, each.credit.value, each.amount_cents, currency, account_id,
                    each.charge_id, each.payment_id, each.credit_id, each.effective_on, self.now, True,
                )
            )  # fmt: skip


def _discount(paid: Paid, on: date) -> int:
    """The discount that came with less than the whole, by the rules; whoever paid the whole took none."""
    if paid.facts is None or paid.amount_cents >= paid.open_cents:
        return 0
    return discount_for(paid.facts, payable_cents=paid.open_cents, amount_cents=paid.amount_cents, on=on)


@lru_cache(maxsize=4096)
def _first_instant(day: date, zone: str) -> datetime:
    return day_ends_at(day - timedelta(days=1), zone)


def _public_id() -> str:
    return secrets.token_hex(12)
