"""What customers say is written down once, told to the seller, and moves nothing; a request ends with its credit."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from portal.actions import notices
from portal.actions.notices import CreditChanged, Sent
from portal.actions.statements import Standing
from portal.records import Session, accounts, ledger
from portal.records import notices as records
from portal.records.history import of_account
from portal.records.notices import NoticeRow
from portal.records.tables import credits, letters, movements
from portal.records.types import new_public_id
from portal.rules.ledger import applied, credit_issued
from portal.rules.refusals import NotFound, Refusal
from tests.support.shop import Shop, together

TODAY = date(2026, 3, 2)
CHEQUE = Sent("cheque", 50_000, TODAY, "1187")


def tell(shop: Shop, given: Sent = CHEQUE) -> NoticeRow:
    now = shop.house.clock.now()
    with shop.house.resources.writing() as session:
        contact = accounts.contacts_of(session, shop.account.id)[0]
        return notices.tell(session, shop.account, given, contact_id=contact.id, today=now.date(), now=now)


def ask_back(shop: Shop, shown_cents: int) -> NoticeRow:
    standing: Standing = shop.standing()
    with shop.house.resources.writing() as session:
        return notices.ask_back(session, standing, shown_cents=shown_cents, contact_id=None, now=shop.house.clock.now())


def open_kinds(shop: Shop) -> list[str]:
    with shop.house.resources.reading() as session:
        return [row.kind for row in notices.open_of(session, shop.account.id)]


def give_credit(shop: Shop, cents: int) -> int:
    """A credit memo that is on no charge; answers its id."""
    now = shop.house.clock.now()
    values: dict[str, object] = {
        "public_id": new_public_id(),
        "account_id": shop.account.id,
        "number": f"CM-{now:%d%H%M}",
    }
    values |= {"issued_on": now.date(), "amount_cents": cents, "tax_cents": 0, "created_at": now}
    with shop.house.resources.writing() as session:
        credit_id = int(session.execute(insert(credits).returning(credits.c.id), values).scalar_one())
        issued = credit_issued(credit_id, net_cents=cents, tax_cents=0, on=now.date())
        ledger.post(session, issued, account_id=shop.account.id, currency="usd", posted_at=now)
    return credit_id


def use_credit(shop: Shop, credit_id: int, cents: int) -> None:
    now = shop.house.clock.now()
    values: dict[str, object] = {"account_id": shop.account.id, "credit_id": credit_id, "charge_id": shop.first.id}
    values |= {
        "amount_cents": cents,
        "discount_cents": 0,
        "started_on": now.date(),
        "effective_on": now.date(),
        "created_at": now,
    }
    with shop.house.resources.writing() as session:
        allocation = ledger.add_allocation(session, values)
        used = applied(allocation, shop.first.id, amount_cents=cents, on=now.date(), credit_id=credit_id)
        ledger.post(session, used, account_id=shop.account.id, currency="usd", posted_at=now)


def test_it_is_written_down_told_to_the_seller_and_moves_nothing(shop: Shop) -> None:
    before = shop.standing()
    made = tell(shop)
    assert shop.standing() == before
    with shop.house.resources.reading() as session:
        assert session.execute(select(func.count()).select_from(movements)).scalar() == 3
        staged = session.execute(select(letters.c.kind, letters.c.contact_id, letters.c.notice_id)).all()
        [act] = [row for row in of_account(session, shop.account.id) if row.action.startswith("notice.")]
    assert staged == [("seller_notice", None, made.id)]
    assert (act.action, act.actor, act.detail["reference"]) == ("notice.sent", f"contact:{made.contact_id}", "1187")


def test_the_same_within_a_day_is_one_notice(shop: Shop) -> None:
    first = tell(shop)
    shop.house.clock.move(hours=23)
    assert tell(shop).id == first.id
    assert tell(shop, Sent("wire", 50_000, TODAY, "1187")).id != first.id
    assert tell(shop, Sent("cheque", 50_000, TODAY, "1188")).id != first.id
    shop.house.clock.move(hours=2)
    assert tell(shop).id != first.id


def test_pressed_eight_times_at_once_it_is_one_notice(shop: Shop) -> None:
    together(8, lambda: tell(shop))
    assert open_kinds(shop) == ["sent"]


def test_taken_back_it_may_be_said_again(shop: Shop) -> None:
    first = tell(shop)
    now = shop.house.clock.now()
    with shop.house.resources.writing() as session:
        for _ in range(2):
            notices.withdraw(session, shop.account.id, first.public_id, contact_id=None, now=now)
        acts = [row.action for row in of_account(session, shop.account.id)]
    assert acts == ["notice.sent", "notice.withdrawn"]
    assert open_kinds(shop) == []
    assert tell(shop).id != first.id


def test_only_ones_own_can_be_taken_back(shop: Shop) -> None:
    made = tell(shop)
    with shop.house.resources.writing() as session:
        for account_id, public_id in ((shop.account.id + 1, made.public_id), (shop.account.id, "nothing")):
            with pytest.raises(NotFound):
                notices.withdraw(session, account_id, public_id, contact_id=None, now=shop.house.clock.now())


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        (Sent("cheque", 0, TODAY, ""), "amount", "more than nothing"),
        (Sent("cheque", -1, TODAY, ""), "amount", "more than nothing"),
        (Sent("cheque", 1, TODAY + timedelta(days=1), ""), "sent_on", "still ahead"),
        (Sent("cheque", 1, date(2025, 3, 1), ""), "sent_on", "more than a year ago"),
        (Sent("cheque", 1, TODAY, "x" * 121), "reference", "120 characters"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(shop: Shop, given: Sent, field: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        tell(shop, given)
    assert refused.value.field == field
    assert open_kinds(shop) == []


def test_the_bounds_themselves_are_taken(shop: Shop) -> None:
    tell(shop, Sent("other", 1, date(2025, 3, 2), "x" * 120))
    assert open_kinds(shop) == ["sent"]


def test_no_account_piles_up_notices(shop: Shop) -> None:
    for number in range(50):
        tell(shop, Sent("cheque", 1 + number, TODAY, ""))
    with pytest.raises(Refusal, match="many payments"):
        tell(shop)


def test_a_credit_is_asked_back_once_as_a_whole(shop: Shop) -> None:
    give_credit(shop, 12_000)
    asked = ask_back(shop, 12_000)
    assert (asked.kind, asked.amount_cents, asked.sent_on) == ("refund", 12_000, TODAY)
    assert ask_back(shop, 12_000).id == asked.id
    assert open_kinds(shop) == ["refund"]


def test_a_credit_that_is_not_what_was_shown_is_not_asked_back(shop: Shop) -> None:
    with pytest.raises(CreditChanged, match="no credit"):
        ask_back(shop, 12_000)
    give_credit(shop, 12_000)
    with pytest.raises(CreditChanged, match="has changed"):
        ask_back(shop, 11_999)


def test_a_request_ends_when_the_credit_is_gone_and_stays_ended(shop: Shop) -> None:
    credit = give_credit(shop, 12_000)
    ask_back(shop, 12_000)
    shop.house.clock.move(minutes=1)
    use_credit(shop, credit, 5_000)
    assert open_kinds(shop) == ["refund"]
    shop.house.clock.move(minutes=1)
    use_credit(shop, credit, 7_000)
    assert open_kinds(shop) == []
    shop.house.clock.move(minutes=1)
    give_credit(shop, 3_000)
    assert open_kinds(shop) == []
    with shop.house.resources.reading() as session:
        [(listed, is_open)] = notices.listed(session, closed_too=True)
        assert (listed.notice.kind, listed.customer, listed.email, is_open) == (
            "refund",
            "Northwind Traders",
            "",
            False,
        )
        assert notices.listed(session, closed_too=False) == []
    ask_back(shop, 3_000)
    assert open_kinds(shop) == ["refund"]


def test_a_request_that_ended_is_closed_when_the_customer_says_something_next(shop: Shop) -> None:
    credit = give_credit(shop, 12_000)
    asked = ask_back(shop, 12_000)
    shop.house.clock.move(minutes=1)
    use_credit(shop, credit, 12_000)
    with shop.house.resources.reading() as session:
        found = records.find(session, asked.public_id)
        assert found is not None
        assert found.closed_at is None
    tell(shop)
    with shop.house.resources.reading() as session:
        found = records.find(session, asked.public_id)
        assert found is not None
        assert found.closed_at == shop.house.clock.now()
        acts = [row.action for row in of_account(session, shop.account.id)]
    assert acts == ["notice.refund", "notice.ended", "notice.sent"]


def test_the_credit_is_asked_about_once_and_only_for_a_request(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    ask = records.credit_was_gone

    def counting(session: Session, account_id: int) -> datetime | None:
        asked.append(account_id)
        return ask(session, account_id)

    monkeypatch.setattr(records, "credit_was_gone", counting)
    give_credit(shop, 12_000)
    tell(shop)
    assert open_kinds(shop) == ["sent"]
    assert asked == []
    now = shop.house.clock.now()
    values: dict[str, object] = {"account_id": shop.account.id, "kind": "refund", "method": "", "amount_cents": 12_000}
    with shop.house.resources.writing() as session:
        for _ in range(3):
            records.add(session, values | {"sent_on": TODAY, "reference": "", "created_at": now})
        assert len(notices.listed(session, closed_too=False)) == 4
    assert open_kinds(shop) == ["sent", "refund", "refund", "refund"]
    assert asked == [shop.account.id] * 2
