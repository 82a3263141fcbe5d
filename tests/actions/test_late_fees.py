"""Late fees in the books: charged once, on their own days, for what was due then; waived; and the books still hold."""

from datetime import date

import pytest

from portal.actions import (
    credit_memos,
    dispute_decisions,
    disputes,
    late_fees,
    policies,
    statements,
    write_offs,
)
from portal.actions.check import check_books
from portal.actions.dispute_steps import Speaker
from portal.actions.disputes import Complaint, Filer, Wrong
from portal.actions.quotes import Choice
from portal.records import Database
from portal.records import late_fees as records
from portal.records.tables import sessions
from portal.rules.refusals import Refusal
from portal.rules.resolutions import all_of
from tests.support.clock import MovableClock
from tests.support.house import open_house
from tests.support.late import LATER, Late, at, books_hold, check
from tests.support.shop import Shop, together

MONTHLY = {"late_fee_kind": "percent", "late_fee_rate_bp": "150", "late_fee_grace_days": "10"}
ONCE = {"late_fee_kind": "flat", "late_fee_flat_cents": "2500", "late_fee_every": "once"}


def test_after_an_outage_of_three_months_each_period_has_its_own_date(database: Database) -> None:
    late = Late(database, **MONTHLY)
    late.assess()
    assert late.drawn() == [(date(2026, 2, 10), 1500), (date(2026, 3, 10), 1500), (date(2026, 4, 10), 1500)]
    with late.database.reading() as session:
        policy = policies.load(session, now=LATER)
        march = statements.load(session, late.account, on=date(2026, 3, 31), policy=policy).statement
        assert march.balance.balance_cents == 103_000
    check(late)


def test_assessing_again_adds_nothing(database: Database) -> None:
    late = Late(database, **MONTHLY)
    for now in (at(2, 10), at(2, 11), at(2, 11), at(3, 20), LATER, LATER):
        late.assess(now)
    assert late.drawn() == [(date(2026, 2, 10), 1500), (date(2026, 3, 10), 1500), (date(2026, 4, 10), 1500)]


def test_many_assess_at_once_and_one_charges(database: Database) -> None:
    late = Late(database, **MONTHLY)
    together(4, late.assess)
    assert [cents for _, cents in late.drawn()] == [1500, 1500, 1500]
    check(late)


def test_the_cap_ends_them(database: Database) -> None:
    late = Late(database, **MONTHLY, late_fee_cap_bp="200")
    late.assess()
    assert late.drawn() == [(date(2026, 2, 10), 1500), (date(2026, 3, 10), 500)]
    check(late)


def test_off_unless_it_was_decided_and_not_for_the_days_before(database: Database) -> None:
    late = Late(database)
    late.assess()
    assert late.drawn() == []
    with database.writing() as session:
        for key, text in MONTHLY.items():
            policies.set_policy(session, key, text, effective_on=date(2026, 4, 1), now=LATER, actor="owner")
    late.assess()
    assert late.drawn() == [(date(2026, 4, 10), 1500)]
    check(late)


def test_no_fee_is_drawn_by_a_fee(database: Database) -> None:
    late = Late(database, **MONTHLY)
    late.assess(at(2, 11))
    with database.writing() as session:
        policy = policies.load(session, now=LATER)
        assert late_fees.assess(session, late.account, late.fees()[0].charge_id, policy=policy, now=LATER) == ()


def test_paid_on_the_last_day_of_grace(database: Database) -> None:
    late = Late(database, **ONCE)
    late.pay(late.invoice.id, 100_000, date(2026, 2, 10), at(2, 10))
    late.assess()
    assert late.drawn() == []


def test_paid_the_day_after_draws_it_once(database: Database) -> None:
    late = Late(database, **ONCE)
    late.pay(late.invoice.id, 100_000, date(2026, 2, 11), at(2, 11))
    late.assess()
    assert late.drawn() == [(date(2026, 2, 10), 2500)]


def test_a_payment_recorded_after_the_fee_but_received_before_it_waives_it(database: Database) -> None:
    late = Late(database, **MONTHLY)
    late.assess(at(2, 12))
    late.pay(late.invoice.id, 40_000, date(2026, 2, 9), at(2, 13))
    assert [(fee.amount_cents, fee.waived_cents) for fee in late.fees()] == [(1500, 600)]
    late.assess()
    assert [cents for _, cents in late.drawn()] == [1500, 900, 900]
    check(late)


def test_a_waived_fee_that_was_paid_becomes_credit(database: Database) -> None:
    late = Late(database, **MONTHLY)
    late.assess(at(2, 11))
    fee = late.fees()[0].charge_id
    late.pay(fee, 1500, date(2026, 2, 12), at(2, 12))
    assert late.waive(fee, 600) == 600
    assert (late.open_cents(fee), late.credit_cents()) == (0, 600)
    assert late.waive(fee) == 900
    assert (late.open_cents(fee), late.credit_cents()) == (0, 1500)
    with pytest.raises(Refusal):
        late.waive(fee)
    check(late)


def test_what_was_written_off_of_a_fee_cannot_be_waived(database: Database) -> None:
    late = Late(database, **MONTHLY)
    late.assess(at(2, 11))
    fee = late.fees()[0].charge_id
    with database.writing() as session:
        policy = policies.load(session, now=LATER)
        write_offs.write_off(
            session, late.account, fee, amount_cents=1000, claims_tax=False, reason="", policy=policy, now=LATER,
            actor="owner",
        )  # fmt: skip
    with pytest.raises(Refusal):
        late.waive(fee, 501)
    assert late.waive(fee) == 500
    assert late.open_cents(fee) == 0
    check(late)


def test_only_late_fees_can_be_waived(database: Database) -> None:
    late = Late(database, **MONTHLY)
    with pytest.raises(Refusal):
        late.waive(late.invoice.id, 100)


def test_a_credit_of_today_waives_nothing_by_itself(database: Database) -> None:
    late = Late(database, **MONTHLY)
    late.assess(at(2, 11))
    with database.writing() as session:
        policy = policies.load(session, now=LATER)
        credit_memos.issue(
            session, late.account, late.invoice.id, net_cents=40_000, tax_cents=0, zone=policy.time_zone,
            reason="Kindness", on=policy.today, now=LATER,
        )  # fmt: skip
        waived = late_fees.recompute(
            session, late.account, late.invoice.id, because="Kindness", policy=policy, now=LATER
        )
    assert waived == 0
    check(late)


def test_check_finds_fees_above_their_cap(database: Database) -> None:
    late = Late(database, **MONTHLY)
    late.assess()
    with database.writing() as session:
        policies.set_policy(session, "late_fee_cap_bp", "200", effective_on=date(2026, 1, 1), now=LATER, actor="owner")
        breaches = check_books(session, now=LATER).breaches
    assert [(each.invariant, each.subject) for each in breaches] == [(5, "invoice 1001")]


def test_money_on_its_way_draws_nothing_and_a_debit_that_fails_is_late_only_from_then_on(shop: Shop) -> None:
    clock, database = shop.house.clock, shop.house.resources.database
    with database.writing() as session:
        for key, text in {**MONTHLY, "late_fee_grace_days": "0"}.items():
            policies.set_policy(session, key, text, effective_on=date(2026, 3, 1), now=clock.now(), actor="owner")
    clock.set(at(3, 30))
    shop.begin(Choice((shop.first.public_id,)), 100_000, method="us_bank_account")
    shop.sync(shop.pay_by_bank())
    clock.set(at(4, 1))
    assert fee_of(shop) == []
    shop.fail_debit("insufficient_funds")
    assert fee_of(shop) == []
    clock.set(at(5, 2))
    assert fee_of(shop) == [date(2026, 4, 30)]


def fee_of(shop: Shop) -> list[date]:
    """What the first invoice has drawn, once it was assessed."""
    now = shop.house.clock.now()
    with shop.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        late_fees.assess(session, shop.account, shop.first.id, policy=policy, now=now)
        assert books_hold(session, shop.account, now)
        return [fee.assessed_on for fee in records.of_invoice(session, shop.first.id)]


def test_a_dispute_draws_nothing_and_what_it_credits_is_waived_though_it_was_paid(
    database: Database, clock: MovableClock
) -> None:
    late = Late(database, **MONTHLY)
    late.assess(at(2, 11))
    february = late.fees()[0].charge_id
    late.pay(february, 1500, date(2026, 2, 12), at(2, 12))
    with open_house(database, clock) as house:
        with database.writing() as session:
            session.execute(sessions.insert().values(secret_hash=b"a" * 32, created_at=at(2, 1), expires_at=LATER))
        filer = Filer(late.account.id, 1, None)
        complaint = Complaint(late.invoice.id, (Wrong(1, "other", "400.00"),), "Too much")
        dispute = disputes.file(house.resources, filer, complaint, decimal_mark=".", now=at(3, 1))
    late.assess(at(3, 11))
    assert [cents for _, cents in late.drawn()] == [1500, 900]
    with database.writing() as session:
        policy = policies.load(session, now=at(3, 20))
        lines = dispute_decisions.disputed_lines(session, dispute.id)
        dispute_decisions.decide(
            session, dispute, [all_of(line) for line in lines], "", Speaker("staff:1"), policy=policy, now=at(3, 20)
        )
    assert [(fee.amount_cents, fee.waived_cents) for fee in late.fees()] == [(1500, 600), (900, 0)]
    assert (late.open_cents(february), late.credit_cents()) == (0, 600)
    late.assess()
    assert [cents for _, cents in late.drawn()] == [1500, 900, 900]
    check(late)
