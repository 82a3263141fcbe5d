"""What Stripe can collect: amounts in its steps, and how long a quote stands."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.actions import policies, statements
from portal.actions.quotes import Choice, deadlines, quote
from portal.records import Database, accounts
from portal.rules.allocation import Quote
from portal.rules.refusals import Refusal
from tests.support.books import add_invoice
from tests.support.clock import MovableClock


@pytest.mark.parametrize(
    ("currency", "cents", "instead"),
    [("kwd", 12_345, "12.340 KWD"), ("isk", 12_345, "123.00 ISK"), ("kwd", 12_340, ""), ("jpy", 12_345, "")],
)
def test_an_amount_between_stripes_steps_is_refused_with_one_that_can_be_paid(
    sqlite_database: Database, clock: MovableClock, currency: str, cents: int, instead: str
) -> None:
    now = clock.now()
    with sqlite_database.writing() as session:
        account = accounts.add(session, number=None, name="Gulf Trading", currency=currency, now=now)
        invoice = add_invoice(session, account, "1", issued_on=date(2026, 3, 1), net_cents=cents, now=now)
        policy = replace(policies.load(session, now=now), minimum_payment_cents=0)
        standing = statements.load(session, account, on=policy.today, policy=policy)
    for choice in (Choice((invoice.public_id,)), Choice(amount_cents=cents)):
        if instead:
            with pytest.raises(Refusal, match=f"Enter {instead} as an amount"):
                quote(standing, choice, policy=policy)
        else:
            assert quote(standing, choice, policy=policy).total_cents == cents


# 11 March ends in New York at 04:00 UTC on the 12th.
END = datetime(2026, 3, 12, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "honoured", "expires"),
    [
        (END - timedelta(hours=2), END, END),
        (END - timedelta(minutes=5), END + timedelta(minutes=26), END + timedelta(minutes=26)),
        (END - timedelta(days=3), END, END - timedelta(days=3) + timedelta(hours=23, minutes=55)),
    ],
)
def test_a_quote_stands_until_its_deadline_and_its_checkout_no_longer_than_a_day(
    sqlite_database: Database, now: datetime, honoured: datetime, expires: datetime
) -> None:
    with sqlite_database.reading() as session:
        policy = policies.load(session, now=now)
    found = Quote((), 98_160, 1_840, 0, date(2026, 3, 11))
    assert deadlines(found, policy=policy, now=now) == (honoured, expires)
