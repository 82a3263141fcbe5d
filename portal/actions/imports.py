"""Importing a file of invoices: read it, compare it with what is on file, and add the difference, all or nothing.

Importing the same file again adds nothing. A file with problems adds nothing either, and every problem is named.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from portal.actions import history, policies
from portal.actions.import_rows import Document, Paid, Plan, build_rows, new_facts
from portal.actions.policies import Policy
from portal.actions.statements import charge_facts, discount_steps
from portal.records import Session, charges, imports
from portal.records.charges import ChargeRow
from portal.resources import Resources
from portal.rules.dates import DateOrder
from portal.rules.discounts import Facts
from portal.rules.imports.customers import Account, find_customers
from portal.rules.imports.invoices import read_invoices
from portal.rules.imports.known import Known, differences, further_payment_cents, promise
from portal.rules.imports.values import ImportedFile, ImportedInvoice, Note, RowProblem
from portal.rules.refusals import Refusal

# Called with what is being done (`Reading`, `Writing`), how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Total:
    """What was added in one currency, in minor units: invoices and credit memos with their tax, payments."""

    currency: str
    invoices_cents: int
    credits_cents: int
    payments_cents: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import added (or, as a dry run, would add): counts. With problems, nothing was added."""

    file_name: str
    format_name: str
    is_dry_run: bool
    rows: int
    accounts: int
    contacts: int
    invoices: int
    credits: int
    payments: int
    unchanged: int
    totals: tuple[Total, ...]
    problems: tuple[RowProblem, ...]
    notes: tuple[Note, ...]


def import_file(
    resources: Resources,
    data: bytes,
    *,
    file_name: str,
    now: datetime,
    today: date | None = None,
    columns: Mapping[str, str] | None = None,
    dates: DateOrder | None = None,
    dry_run: bool = False,
    actor: str = "cli",
    on_progress: Progress | None = None,
) -> ImportReport:
    """Import a file in one transaction. `columns`: own field -> the file's header; `today`: else the seller's day.

    Refuses a file that is no table of invoices. Rows that are wrong, or that say something else than what is on
    file, are the report's problems.
    """
    with resources.reading() as session:
        policy = policies.load(session, now=now, today=today)
    read = read_invoices(
        data,
        currency=policy.currency,
        today=policy.today,
        columns=columns,
        dates=dates,
        on_progress=_stage(on_progress, "Reading"),
    )
    if dry_run or read.findings.problems:
        with resources.reading() as session:
            return _report(read, _plan(session, read, policy), file_name, dry_run)
    with resources.writing() as session:
        imports.hold(session)
        imports.lock_owners(session, [invoice.number for invoice in read.invoices if invoice.paid_on])
        plan = _plan(session, read, policy)
        report = _report(read, plan, file_name, dry_run)
        if not report.problems and not plan.is_empty:
            batch = build_rows(session, plan, policy=policy, now=now)
            imports.add(session, batch, _stage(on_progress, "Writing"))
            history.write(session, action="import.file", actor=actor, now=now, detail=_detail(report, data))
    return report


def as_plain_data(report: ImportReport) -> dict[str, object]:
    """The report for JSON: counts, whole minor units, and problems and notes by line."""
    return {
        "file": report.file_name,
        "format": report.format_name,
        "dry_run": report.is_dry_run,
        "imported": not report.problems and not report.is_dry_run,
        **_counts(report),
        "totals": [asdict(total) for total in report.totals],
        "problems": [asdict(problem) for problem in report.problems],
        "notes": [asdict(note) for note in report.notes],
    }


def _plan(session: Session, read: ImportedFile, policy: Policy) -> Plan:
    """What is new in the file. Whatever contradicts what is on file is added to the file's problems."""
    numbers = [invoice.number for invoice in read.invoices]
    on_file = _OnFile(
        charges=imports.charges_numbered(session, numbers),
        credits=imports.credits_numbered(session, numbers),
        paid=imports.payments_imported(session, numbers),
    )
    known = on_file.known()
    owners = {number: each.account_id for number, each in known.items()}
    customers = find_customers(read.invoices, _accounts(session), owners, read.headers, read.findings)
    plan = Plan(customers.new_accounts, customers.new_contacts)
    unchanged = 0
    for invoice in read.invoices:
        account = customers.account_of.get(invoice.number)
        if account is None:
            continue
        if invoice.number not in known:
            _add_new(plan, invoice, account, policy)
        elif said := differences(invoice, known[invoice.number], account.id):
            read.findings.problem(
                invoice.line,
                read.headers["number"],
                f"Invoice {invoice.number} is on file with other figures: {'; '.join(said)}.",
            )
        elif not _add_payment(session, plan, read, invoice, account, on_file, policy):
            unchanged += 1
    return replace(plan, unchanged=unchanged)


@dataclass(frozen=True, slots=True)
class _OnFile:
    """What is on file under the numbers of the file, and what earlier imports posted for them by day."""

    charges: Mapping[str, ChargeRow]
    credits: Mapping[str, imports.CreditRow]
    paid: Mapping[tuple[str, date], int]

    def known(self) -> dict[str, Known]:
        found = {
            row.number: Known(row.number, row.account_id, row.issued_on, None, "", row.amount_cents, row.tax_cents)
            for row in self.credits.values()
        }
        for row in self.charges.values():
            found[row.number] = Known(
                row.number,
                row.account_id,
                row.issued_on,
                row.due_on,
                row.terms,
                row.amount_cents,
                row.tax_cents,
                kind=row.kind.replace("_", " "),
            )
        return found


def _accounts(session: Session) -> Sequence[Account]:
    found = {row[0]: Account(*row) for row in imports.all_accounts(session)}
    for account_id, email in imports.all_emails(session):
        found[account_id].emails.add(email)
    return list(found.values())


def _add_new(plan: Plan, invoice: ImportedInvoice, account: Account, policy: Policy) -> None:
    if invoice.amount_cents < 0:
        plan.credits.append(Document(invoice, account))
        return
    plan.invoices.append(Document(invoice, account))
    if invoice.paid_on:
        terms, _ = promise(invoice.terms, invoice.due_on, invoice.issued_on, policy.default_terms)
        amount = invoice.paid_cents or invoice.amount_cents
        facts = new_facts(invoice, terms, policy)
        plan.payments.append(Paid(invoice, account, amount, invoice.amount_cents, facts))


def _add_payment(
    session: Session,
    plan: Plan,
    read: ImportedFile,
    invoice: ImportedInvoice,
    account: Account,
    on_file: _OnFile,
    policy: Policy,
) -> bool:
    """Add what the file says was paid on an invoice that is on file; whether that is anything new."""
    if invoice.paid_on is None:
        return False
    charge = on_file.charges[invoice.number]
    imported_cents = on_file.paid.get((invoice.number, invoice.paid_on))
    try:
        amount = further_payment_cents(invoice, charge.open_cents, imported_cents)
    except Refusal as refusal:
        read.findings.problem(invoice.line, read.headers["paid_on"], refusal.sentence)
        return False
    if amount is None:
        if imported_cents is None:
            read.findings.note(
                invoice.line,
                f"Invoice {invoice.number} is paid already; its payment of {invoice.paid_on} was not added again.",
            )
        return False
    facts = _facts(session, charge, invoice.paid_on, policy) if amount < charge.open_cents else None
    plan.payments.append(Paid(invoice, account, amount, charge.open_cents, facts, charge.id))
    return True


def _facts(session: Session, charge: ChargeRow, paid_on: date, policy: Policy) -> Facts | None:
    """What decides the discount of a part payment; most charges promise none, and cost no query."""
    if not discount_steps(charge.terms, charge.issued_on):
        return None
    settlements = charges.settlements(session, [charge.id], max(paid_on, policy.today))
    return charge_facts(charge, settlements, (), policy.time_zone)


def _report(read: ImportedFile, plan: Plan, file_name: str, dry_run: bool) -> ImportReport:
    return ImportReport(
        file_name=file_name,
        format_name=read.format_name,
        is_dry_run=dry_run,
        rows=read.row_count,
        accounts=len(plan.accounts),
        contacts=len(plan.contacts),
        invoices=len(plan.invoices),
        credits=len(plan.credits),
        payments=len(plan.payments),
        unchanged=plan.unchanged,
        totals=_totals(plan),
        problems=tuple(sorted(read.findings.problems, key=lambda problem: problem.line)),
        notes=tuple(sorted(read.findings.notes, key=lambda note: note.line)),
    )


def _totals(plan: Plan) -> tuple[Total, ...]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for place, documents in enumerate((plan.invoices, plan.credits)):
        for document in documents:
            sums[document.invoice.currency][place] += abs(document.invoice.amount_cents)
    for paid in plan.payments:
        sums[paid.invoice.currency][2] += paid.amount_cents
    return tuple(Total(currency, *cents) for currency, cents in sorted(sums.items()))


def _detail(report: ImportReport, data: bytes) -> dict[str, object]:
    return {
        "file": report.file_name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "format": report.format_name,
        **_counts(report),
        "totals": [asdict(total) for total in report.totals],
    }


def _counts(report: ImportReport) -> dict[str, int]:
    names = ("rows", "accounts", "contacts", "invoices", "credits", "payments", "unchanged")
    return {name: getattr(report, name) for name in names}


def _stage(on_progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    if on_progress is None:
        return None
    return lambda done, total: on_progress(stage, done, total)
