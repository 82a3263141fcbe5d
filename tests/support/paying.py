"""The customer's site with the stand-in for Stripe behind it: choosing, pressing, paying, coming back."""

import re
from dataclasses import replace
from datetime import date
from html import unescape

from httpx2 import Response
from sqlalchemy import insert
from starlette.testclient import TestClient

from portal.actions import payments
from portal.app import create_app
from portal.records import Database, Session, accounts, attempts, ledger
from portal.records.accounts import AccountRow
from portal.records.attempts import AttemptRow
from portal.records.tables import attempts as attempts_table
from portal.records.tables import credits
from portal.records.types import new_public_id
from portal.rules.ledger import Movements, applied, credit_issued
from tests.support.books import Invoice, add_invoice
from tests.support.house import House
from tests.support.site import Site


class PayingSite(Site):
    """`Site` with Stripe; `example` is money.md's invoice: 920.00 and tax 80.00 of 1 March 2026, 2/10 net 30."""

    def __init__(self, house: House) -> None:
        self.house = house
        super().__init__(house.resources.database, house.clock)
        self.example = self.add("1001", 92_000, tax_cents=8_000, terms="2/10 net 30")

    def serve(self, database: Database, **settings: object) -> None:
        self.settings = self.house.resources.settings.model_copy(update=settings)
        self.resources = replace(self.house.resources, database=database, settings=self.settings)
        self.app = create_app(self.resources)

    def add(
        self,
        number: str,
        net_cents: int,
        *,
        account: AccountRow | None = None,
        issued_on: date = date(2026, 3, 1),
        tax_cents: int = 0,
        terms: str = "net 30",
    ) -> Invoice:
        with self.resources.writing() as session:
            return add_invoice(
                session,
                account or self.account,
                number,
                issued_on=issued_on,
                net_cents=net_cents,
                tax_cents=tax_cents,
                terms=terms,
                now=self.clock.now(),
            )

    def credit(self, number: str, cents: int, *, charge: Invoice | None = None) -> None:
        """A credit memo that stays on the account, or is for this very charge."""
        now = self.clock.now()
        values = {
            "charge_id": charge.id if charge else None,
            "public_id": new_public_id(),
            "account_id": self.account.id,
            "number": number,
            "issued_on": now.date(),
            "amount_cents": cents,
            "tax_cents": 0,
            "created_at": now,
        }
        with self.resources.writing() as session:
            credit_id = int(session.execute(insert(credits).returning(credits.c.id), values).scalar_one())
            issued = credit_issued(credit_id, net_cents=cents, tax_cents=0, on=now.date())
            if charge is not None:
                issued += self._apply(session, credit_id, charge, cents)
            ledger.post(session, issued, account_id=self.account.id, currency="usd", posted_at=now)

    def _apply(self, session: Session, credit_id: int, charge: Invoice, cents: int) -> Movements:
        now = self.clock.now()
        allocation = {
            "account_id": self.account.id,
            "credit_id": credit_id,
            "charge_id": charge.id,
            "amount_cents": cents,
            "discount_cents": 0,
            "started_on": now.date(),
            "effective_on": now.date(),
            "created_at": now,
        }
        allocation_id = ledger.add_allocation(session, allocation)
        return applied(allocation_id, charge.id, amount_cents=cents, on=now.date(), credit_id=credit_id)

    @property
    def base(self) -> str:
        return f"/a/{self.account.public_id}"

    def check(self, browser: TestClient, *invoices: Invoice, amount: str = "", base: str = "") -> Response:
        """Check and pay, for these invoices or for a sum."""
        query = {"amount": amount} if amount else {"charge": [invoice.public_id for invoice in invoices]}
        return browser.get(f"{base or self.base}/pay", params=query)

    def press(self, browser: TestClient, page: Response, *, base: str = "", **changes: object) -> Response:
        """Press the button of check and pay, with what its form holds; None in `changes` leaves a field out."""
        form = fields(page) | changes
        given = {name: value for name, value in form.items() if value is not None}
        return browser.post(f"{base or self.base}/payments", data=given)

    def pay(self, browser: TestClient, *invoices: Invoice, amount: str = "", method: str = "card") -> AttemptRow:
        """All the way to Stripe and through it (a bank debit stays under way); answers the attempt."""
        answer = self.press(browser, self.check(browser, *invoices, amount=amount), method=method)
        assert answer.status_code == 303, answer.text
        attempt = self.attempts()[-1]
        self.confirm(attempt)
        return attempt

    def confirm_press(self, browser: TestClient, page: Response) -> AttemptRow:
        """Press the button of this very page for a card, and pay on Stripe's."""
        assert self.press(browser, page, method="card").status_code == 303
        attempt = self.attempts()[-1]
        self.confirm(attempt)
        return attempt

    def confirm(self, attempt: AttemptRow) -> None:
        """The customer pays on Stripe's page."""
        assert attempt.checkout_id is not None
        if attempt.method == "card":
            self.house.stripe.pay_by_card(attempt.checkout_id)
        else:
            self.house.stripe.pay_by_bank(attempt.checkout_id)

    def sync(self, attempt: AttemptRow) -> None:
        payments.sync_payment(self.resources, attempt.id, now=self.clock.now())

    def attempts(self) -> list[AttemptRow]:
        with self.resources.reading() as session:
            ids = session.execute(attempts_table.select().order_by(attempts_table.c.id)).scalars().all()
            return [attempts.by_id(session, found) for found in ids]

    def receipt(self, attempt: AttemptRow) -> str:
        """The address of the receipt for what an attempt brought."""
        with self.resources.reading() as session:
            payment = ledger.payment_of_attempt(session, attempt.id)
        assert payment is not None
        return f"{self.base}/receipts/{payment.public_id}"

    def in_currency(self, currency: str) -> AccountRow:
        """An account of its own in another currency."""
        with self.resources.writing() as session:
            account = accounts.add(session, number=None, name="Kōbe Trading", currency=currency, now=self.clock.now())
            accounts.add_contact(session, account_id=account.id, name="", email="ap@kobe.example", now=self.clock.now())
        return account


def fields(page: Response) -> dict[str, object]:
    """What the page's paying form sends as it stands: hidden fields and the chosen method."""
    form = re.search(r'<form[^>]*method="post"[^>]*/payments".*?</form>', page.text, re.DOTALL)
    assert form, page.text
    found: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name is None or value is None or ('type="radio"' in tag and " checked" not in tag):
            continue
        text = unescape(value[1])
        if name[1] == "charge":
            found.setdefault("charge", [])
            found["charge"].append(text)  # type: ignore[attr-defined]
        else:
            found[name[1]] = text
    return found
