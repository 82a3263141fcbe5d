"""Which account each invoice belongs to: by customer number, else by email, else by exact name.

Numbers are settled first, then emails, then names, so that the order of the rows does not matter.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.rules.imports.values import Findings, ImportedInvoice


@dataclass(eq=False, slots=True)
class Account:
    """An account on file, or one that the import will open (`id` None)."""

    id: int | None
    number: str | None
    name: str
    currency: str
    emails: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class NewContact:
    """An address that an account does not have yet."""

    account: Account
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Customers:
    """The account of each invoice by its number, and what has to be added first. Incomplete when there are problems."""

    account_of: Mapping[str, Account]
    new_accounts: Sequence[Account]
    new_contacts: Sequence[NewContact]


def find_customers(
    invoices: Sequence[ImportedInvoice],
    accounts: Iterable[Account],
    owners: Mapping[str, int],
    headers: Mapping[str, str],
    findings: Findings,
) -> Customers:
    """`owners`: account ids of the invoice numbers on file, which decide between accounts of one email or name."""
    book = _Book(owners, headers, findings)
    for account in accounts:
        book.add(account)
    found: dict[str, Account] = {}
    for invoice in sorted(invoices, key=_rank):
        owner = book.find(invoice)
        if owner is None:
            continue
        found[invoice.number] = owner
        book.check(invoice, owner)
        book.learn(invoice, owner)
    return Customers(found, book.new_accounts, book.new_contacts)


def _rank(invoice: ImportedInvoice) -> tuple[int, int]:
    if invoice.customer_number:
        return 0, invoice.line
    return (1 if invoice.email else 2), invoice.line


@dataclass(slots=True)
class _Book:
    """The accounts on file and those of the rows so far, by everything they can be known by."""

    owners: Mapping[str, int]
    headers: Mapping[str, str]
    findings: Findings
    by_number: dict[str, Account] = field(default_factory=dict)
    by_email: dict[str, list[Account]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[Account]] = field(default_factory=lambda: defaultdict(list))
    new_accounts: list[Account] = field(default_factory=list)
    new_contacts: list[NewContact] = field(default_factory=list)
    remarked: set[tuple[int, str]] = field(default_factory=set)

    def add(self, account: Account) -> None:
        if account.number:
            self.by_number[account.number] = account
        self.by_name[account.name].append(account)
        for email in account.emails:
            self.by_email[email].append(account)

    def find(self, invoice: ImportedInvoice) -> Account | None:
        """The account, opened if need be; None with a problem named when several could be meant."""
        if invoice.customer_number:
            return self.by_number.get(invoice.customer_number) or self._open(invoice)
        if invoice.email and (known := self.by_email.get(invoice.email)):
            return self._one_of(known, invoice, "email", f"the email {invoice.email}", "Add a customer number.")
        named = self.by_name.get(invoice.customer_name, [])
        if invoice.email:
            # A name alone must not add an address to an account that has another: it may be a namesake's.
            without_email = [account for account in named if not account.emails]
            return without_email[0] if len(without_email) == len(named) == 1 else self._open(invoice)
        if not named:
            return self._open(invoice)
        what = f"the name “{invoice.customer_name}”"
        return self._one_of(named, invoice, "customer", what, "Add a customer number or an email.")

    def check(self, invoice: ImportedInvoice, account: Account) -> None:
        """The currency must be the account's; another name is worth a remark."""
        if invoice.currency != account.currency:
            said = f"is in {invoice.currency.upper()}" if invoice.states_currency else "has no currency"
            self.findings.problem(
                invoice.line,
                self.headers.get("currency", "currency"),
                f"Invoice {invoice.number} {said}, but the account of {account.name} is in"
                f" {account.currency.upper()}. An account has one currency.",
            )
        is_named = invoice.customer_name not in (invoice.email, invoice.customer_number)
        if is_named and invoice.customer_name != account.name:
            self._remark(
                invoice, account, f"“{invoice.customer_name}” goes to the account “{account.name}”, known by its "
                f"{'number' if invoice.customer_number else 'email'}. The name on file stays."
            )  # fmt: skip

    def learn(self, invoice: ImportedInvoice, account: Account) -> None:
        if invoice.email and invoice.email not in account.emails:
            account.emails.add(invoice.email)
            self.by_email[invoice.email].append(account)
            self.new_contacts.append(NewContact(account, invoice.customer_name, invoice.email))

    def _one_of(
        self, known: Sequence[Account], invoice: ImportedInvoice, field_name: str, what: str, way_out: str
    ) -> Account | None:
        if len(known) == 1:
            return known[0]
        owner = self.owners.get(invoice.number)
        choices = [account for account in known if account.id is not None and account.id == owner]
        choices = choices or [account for account in known if account.name == invoice.customer_name]
        if len(choices) == 1:
            return choices[0]
        self.findings.problem(
            invoice.line, self.headers.get(field_name, field_name), f"{len(known)} accounts have {what}. {way_out}"
        )
        return None

    def _open(self, invoice: ImportedInvoice) -> Account:
        account = Account(None, invoice.customer_number or None, invoice.customer_name, invoice.currency)
        if self.by_name.get(account.name):
            self.findings.note(
                invoice.line,
                f"A second account with the name “{account.name}” is opened:"
                f" its {'number' if account.number else 'email'} is new.",
            )
        self.add(account)
        self.new_accounts.append(account)
        return account

    def _remark(self, invoice: ImportedInvoice, account: Account, text: str) -> None:
        if (id(account), invoice.customer_name) not in self.remarked:
            self.remarked.add((id(account), invoice.customer_name))
            self.findings.note(invoice.line, text)
