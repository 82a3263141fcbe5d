"""What a customer owes on a day, as the command line and programs read it."""

from dataclasses import asdict, dataclass
from datetime import date

from portal.actions import statements
from portal.actions.policies import Policy
from portal.records import Session
from portal.records.accounts import AccountRow
from portal.rules.statement import Item


@dataclass(frozen=True, slots=True)
class ChargeReport:
    """An open charge. pay_cents is what its payable part costs that day, discount_cents less, until discount_until."""

    number: str
    kind: str
    issued_on: date
    due_on: date
    amount_cents: int
    open_cents: int
    payable_cents: int
    pending_cents: int
    disputed_cents: int
    on_plan_cents: int
    discount_cents: int
    discount_until: date | None
    pay_cents: int


@dataclass(frozen=True, slots=True)
class AccountReport:
    """The fields in the order of `portal account --json`. `customer` is the name, `currency` ISO 4217 in capitals.

    payable + pending + disputed + on plan - credit = balance. Keys are added in time, never renamed.
    """

    customer: str
    on: date
    currency: str
    balance_cents: int
    payable_cents: int
    pending_cents: int
    disputed_cents: int
    on_plan_cents: int
    credit_cents: int
    charges: tuple[ChargeReport, ...]


def account_report(session: Session, account: AccountRow, *, on: date, policy: Policy) -> AccountReport:
    """The account at the end of that day, the oldest due charge first."""
    found = statements.load(session, account, on=on, policy=policy).statement
    return AccountReport(
        customer=account.name,
        on=on,
        currency=account.currency.upper(),
        balance_cents=found.balance.balance_cents,
        payable_cents=found.balance.payable_cents,
        pending_cents=found.balance.pending_cents,
        disputed_cents=found.balance.disputed_cents,
        on_plan_cents=found.balance.on_plan_cents,
        credit_cents=found.balance.credit_cents,
        charges=tuple(_charge(row.item) for row in found.rows),
    )


def as_plain_data(report: AccountReport) -> dict[str, object]:
    """The report in JSON's own types: dates as ISO text, amounts as whole cents."""
    data = asdict(report)
    data["on"] = report.on.isoformat()
    data["charges"] = [
        {key: value.isoformat() if isinstance(value, date) else value for key, value in charge.items()}
        for charge in data["charges"]
    ]
    return data


def _charge(item: Item) -> ChargeReport:
    offer = item.offer
    return ChargeReport(
        number=item.number,
        kind=item.kind,
        issued_on=item.issued_on,
        due_on=item.due_on,
        amount_cents=item.amount_cents,
        open_cents=item.parts.open_cents,
        payable_cents=item.parts.payable_cents,
        pending_cents=item.parts.pending_cents,
        disputed_cents=item.parts.disputed_cents,
        on_plan_cents=item.parts.on_plan_cents,
        discount_cents=offer.discount_cents if offer else 0,
        discount_until=offer.until_on if offer else None,
        pay_cents=offer.pay_cents if offer else item.parts.payable_cents,
    )
