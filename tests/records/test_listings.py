"""Lists tell what the statement, the receipt and the rules tell: the same figures, asked for all customers at once."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from portal.actions import manual_payments, policies, receipts, refunds, statements, write_offs
from portal.actions.manual_payments import Recorded
from portal.actions.policies import Policy
from portal.actions.refunds import Wish
from portal.records import Database, Session, accounts, ledger
from portal.records.accounts import AccountRow
from portal.records.charges_listed import CHARGES
from portal.records.customers_listed import CUSTOMERS
from portal.records.listing import Wanted
from portal.records.payments_listed import PAYMENTS
from portal.records.tables import dispute_moves, disputes
from portal.records.types import new_public_id
from portal.rules.dates import day_ends_at
from tests.support.books import Invoice, add_customer, add_invoice
from tests.support.clock import MovableClock
from tests.support.house import open_house
from tests.support.shop import Shop

ALL = Wanted()


@pytest.fixture
def shop(database: Database, clock: MovableClock) -> Iterator[Shop]:
    """Two customers with everything at once: debits under way and failed, cheques, a dispute, credit, a write-off."""
    with open_house(database, clock) as house:
        shop = Shop(house)
        shop.pay_first(method="us_bank_account")
        attempt = shop.pay_by_bank()
        shop.sync(attempt)
        fill(shop)
        yield shop


def fill(shop: Shop) -> None:
    now = shop.house.clock.now()
    with shop.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        late = invoice(shop, session, "1003", date(2026, 1, 5), 30_000)
        invoice(shop, session, "1004", date(2026, 2, 6), 40_000)
        invoice(shop, session, "1005", date(2026, 3, 2), 50_000)
        ahead = invoice(shop, session, "1006", date(2026, 3, 20), 60_000)
        given_up = invoice(shop, session, "1007", date(2026, 1, 7), 7_000)
        paid = invoice(shop, session, "1008", date(2026, 1, 8), 8_000)
        other = add_customer(session, now, name="Other", email="")
        add_invoice(session, other, "2001", issued_on=date(2025, 12, 1), net_cents=9_900, now=now)
        dispute(session, shop.account, late, 12_345, now=now)
        dispute(session, shop.account, paid, 900_000, now=now)
        write_offs.write_off(
            session, shop.account, given_up.id, amount_cents=None, claims_tax=False, reason="", policy=policy, now=now,
            actor="test",
        )  # fmt: skip
        for cents, charges in ((8_000, [shop.second.id]), (5_000, []), (9_000, [late.id])):
            record(session, shop.account, cents, charges, policy=policy, now=now)
        record(session, other, 11_000, None, policy=policy, now=now)
        back = ledger.payments_of(session, other.id)[0]
        refunds.ask(session, back, Wish(amount_cents=600, covers=False), now=now, actor="test")
        bounced = ledger.payments_of(session, shop.account.id)[0]
        manual_payments.bounce(session, bounced, fee_cents=2_500, on=policy.today, policy=policy, now=now, actor="test")
        assert ahead.id


def invoice(shop: Shop, session: Session, number: str, issued_on: date, cents: int) -> Invoice:
    return add_invoice(session, shop.account, number, issued_on=issued_on, net_cents=cents, now=shop.house.clock.now())


def record(
    session: Session, account: AccountRow, cents: int, charges: list[int] | None, *, policy: Policy, now: object
) -> None:
    given = Recorded("cheque", cents, policy.today, policy.today, f"No. {cents}", charges)
    manual_payments.record(session, account, given, policy=policy, now=now, actor="test")  # type: ignore[arg-type]


def dispute(session: Session, account: AccountRow, of: Invoice, cents: int, *, now: object) -> None:
    day = date(2026, 3, 2)
    values = {
        "public_id": new_public_id(), "account_id": account.id, "charge_id": of.id, "number": f"D-{of.number}",
        "state": "new", "filed_at": now, "filed_on": day, "moved_at": now, "version": 1,
    }  # fmt: skip
    dispute_id = session.execute(insert(disputes).returning(disputes.c.id), values).scalar_one()
    move = {"dispute_id": dispute_id, "charge_id": of.id, "moved_at": now, "actor": "test", "disputed_tax_cents": 0}
    clock = {"clock_net_cents": 0, "clock_tax_cents": 0}
    for on, held in ((day, cents + 1), (day, cents)):
        moved = move | clock | {"moved_on": on, "state": "new", "disputed_net_cents": held}
        session.execute(insert(dispute_moves), moved)


def as_of(policy: Policy) -> dict[str, object]:
    soon = policy.today + timedelta(days=7)
    return {"day": policy.today, "before": day_ends_at(policy.today, policy.time_zone), "soon": soon}


@pytest.mark.parametrize("days", [0, 1, 5, 20, 40])
def test_invoices_and_customers_stand_as_their_statements_say(shop: Shop, days: int) -> None:
    shop.house.clock.move(days=days)
    with shop.house.resources.reading() as session:
        policy = policies.load(session, now=shop.house.clock.now())
        listed = {row.number: row for row in CHARGES.each(session, ALL, **as_of(policy))}
        customers = {row.public_id: row for row in CUSTOMERS.each(session, ALL, **as_of(policy))}
        assert len(listed) == 10
        for account in accounts.all_accounts(session):
            standing = statements.load(session, account, on=policy.today, policy=policy)
            rows = standing.statement.rows
            assert {row.item.number: (row.status.value, row.item.parts.open_cents, row.item.parts.disputed_cents)
                    for row in rows} == {
                number: (row.status, row.open_cents, row.disputed_cents)
                for number, row in listed.items()
                if row.customer_public_id == account.public_id and row.status not in ("paid", "ahead")
            }  # fmt: skip
            found = customers[account.public_id]
            balance = standing.statement.balance
            assert found.open_cents == balance.open_cents
            assert found.overdue_cents == standing.statement.overdue_cents
            assert found.disputed_cents == balance.disputed_cents
            assert found.credit_cents == balance.credit_cents
        assert (listed["1006"].status == "ahead") == (policy.today < date(2026, 3, 20))
        assert listed["1007"].status == "paid"


def test_every_status_can_be_asked_for(shop: Shop) -> None:
    with shop.house.resources.reading() as session:
        policy = policies.load(session, now=shop.house.clock.now())
        everything = list(CHARGES.each(session, ALL, **as_of(policy)))
        for status in ("overdue", "due_soon", "open", "pending", "disputed", "paid", "ahead"):
            wanted = Wanted(chosen={"status": status})
            found = {row.number for row in CHARGES.each(session, wanted, **as_of(policy))}
            assert found == {row.number for row in everything if row.status == status}
            assert CHARGES.count(session, wanted, **as_of(policy)) == len(found)
        assert {row.status for row in everything} >= {"overdue", "open", "pending", "paid", "ahead"}


def test_payments_stand_as_their_receipts_say(shop: Shop) -> None:
    with shop.house.resources.reading() as session:
        day = shop.house.clock.now().date()
        rows = list(PAYMENTS.each(session, ALL))
        assert len(rows) == 4
        for row in rows:
            found = receipts.load(session, ledger.payment_by_id(session, row.id), on=day)
            assert row.unapplied_cents == found.unapplied_cents
            assert row.back_cents == found.refunded_cents + found.returned_cents
        back = {row.id for row in rows if row.back_cents}
        assert len(back) == 2
        assert {row.id for row in PAYMENTS.each(session, Wanted(chosen={"state": "back"}))} == back
