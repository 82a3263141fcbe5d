"""The shop's first invoice paid with its discount, and what can be asked of that afterwards."""

from sqlalchemy import select

from portal.records import ledger
from portal.records.attempts import AttemptRow
from portal.records.ledger import PaymentRow
from portal.records.tables import letters, movements
from portal.rules.ledger import LedgerAccount
from tests.support.shop import Shop


class Paid:
    """The first invoice paid with its discount: 981.60 for 1,000.00, by card or by a bank debit that arrived."""

    def __init__(self, shop: Shop, *, method: str = "card") -> None:
        self.shop = shop
        self.stripe = shop.house.stripe
        shop.pay_first(method=method)
        self.attempt: AttemptRow = shop.pay_by_card() if method == "card" else shop.pay_by_bank()
        if method != "card":
            shop.house.clock.move(days=6)
            self.stripe.tick()
        shop.sync(self.attempt)
        with shop.house.resources.reading() as session:
            found = ledger.payment_of_attempt(session, self.attempt.id)
            assert found is not None
            self.payment: PaymentRow = found
        self.intent = str(shop.attempts()[-1].payment_intent_id)

    def sync(self) -> None:
        self.shop.sync(self.attempt)

    @property
    def credit_cents(self) -> int:
        return self.shop.standing().statement.balance.credit_cents

    def letters(self) -> list[str]:
        """Kinds of the letters since the receipt."""
        with self.shop.house.resources.reading() as session:
            kinds = session.execute(select(letters.c.kind).order_by(letters.c.id)).scalars().all()
        return [kind for kind in kinds if kind not in ("processing", "receipt")]

    def moved(self, account: LedgerAccount) -> int:
        """Debits less credits of an account, in cents."""
        with self.shop.house.resources.reading() as session:
            rows = session.execute(select(movements.c.debit, movements.c.credit, movements.c.amount_cents)).all()
        return sum(row[2] * ((row[0] == account.value) - (row[1] == account.value)) for row in rows)
