"""Cheques recorded, put on invoices and taken off again, returned and given back from the admin's pages."""

import re

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from portal.actions import check
from portal.records import ledger, reversals
from portal.records.ledger import PaymentRow
from portal.records.tables import history
from portal.records.tables import payments as payments_table
from tests.support.reading import words
from tests.support.shop import Shop, together
from tests.support.staff import Office

CHEQUE = {"method": "cheque", "amount": "500.00", "received": "2026-03-02", "reference": "No. 17", "for": "oldest"}


@pytest.fixture
def desk(shop_office: Office) -> TestClient:
    return shop_office.desk_of("owner")


@pytest.fixture(autouse=True)
def books(shop: Shop) -> object:
    """Whatever a test does, the books hold in the end."""
    yield
    with shop.house.resources.reading() as session:
        assert check.check_books(session, now=shop.house.clock.now()).breaches == ()


def form_of(answer: Response) -> dict[str, str]:
    """The hidden fields of the page's form."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text))


def record(desk: TestClient, shop: Shop, **fields: str) -> Response:
    address = f"/admin/customers/{shop.account.public_id}/payments"
    return desk.post(address, data={**form_of(desk.get(address)), **CHEQUE, **fields})


def all_payments(shop: Shop) -> list[PaymentRow]:
    with shop.house.resources.reading() as session:
        ids = session.execute(select(payments_table.c.id).order_by(payments_table.c.id)).scalars().all()
        return [ledger.payment_by_id(session, each) for each in ids]


def acts(shop: Shop) -> list[tuple[str, str]]:
    with shop.house.resources.reading() as session:
        found = session.execute(select(history.c.actor, history.c.action).order_by(history.c.id))
        return [(row[0], row[1]) for row in found if row[0].startswith("staff:")]


def test_a_cheque_is_recorded_and_shown(desk: TestClient, shop: Shop) -> None:
    answer = record(desk, shop)
    assert answer.status_code == 303
    page = words(desk.get(answer.headers["location"]).text)
    assert "Payment R-00001 Stands" in page
    assert "Received $500.00" in page
    assert "Put on 1001" in page
    assert shop.opens() == {"1001": 50_000, "1002": 60_000}
    assert [action for _, action in acts(shop)] == ["payment.recorded"]


def test_it_goes_to_the_invoices_that_are_chosen_or_to_none(desk: TestClient, shop: Shop) -> None:
    record(desk, shop, **{"for": "chosen", "charges": shop.second.public_id})
    assert shop.opens() == {"1001": 100_000, "1002": 10_000}
    record(desk, shop, **{"for": "nothing", "reference": "No. 18"})
    assert shop.standing().statement.balance.credit_cents == 50_000


def test_a_double_click_records_one(desk: TestClient, shop: Shop) -> None:
    address = f"/admin/customers/{shop.account.public_id}/payments"
    form = {**form_of(desk.get(address)), **CHEQUE}
    first, second = desk.post(address, data=form), desk.post(address, data=form)
    assert first.headers["location"] == second.headers["location"]
    assert len(all_payments(shop)) == 1
    assert len(acts(shop)) == 1


def test_pressed_by_many_at_once_it_is_one(shop: Shop, shop_office: Office) -> None:
    address = f"/admin/customers/{shop.account.public_id}/payments"
    desk = shop_office.desk_of("collector")
    form = {**form_of(desk.get(address)), **CHEQUE}
    together(3, lambda: shop_office.desk_of("collector").post(address, data=form))
    assert len(all_payments(shop)) == 1


def test_one_like_it_is_another_only_when_somebody_says_so(desk: TestClient, shop: Shop) -> None:
    record(desk, shop)
    answer = record(desk, shop)
    assert answer.status_code == 409
    assert "This looks like payment R-00001" in answer.text
    assert "It is another one, just like the one on record" in answer.text
    form = {**form_of(answer), **CHEQUE, "another": "yes"}
    address = f"/admin/customers/{shop.account.public_id}/payments"
    assert desk.post(address, data=form).status_code == 303
    # The button that says so may be pressed twice, too.
    assert desk.post(address, data=form).status_code == 303
    assert len(all_payments(shop)) == 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("amount", "", "Enter the amount that came."),
        ("amount", "12 dollars", "amount"),
        ("amount", "-5", "below zero"),
        ("amount", "0", "A payment is more than nothing."),
        ("amount", "9" * 60, "too long for an amount"),
        ("received", "2026-03-03", "a day that is still ahead"),
        ("received", "someday", "received"),
        ("deposited", "2026-03-01", "or later"),
        ("terms_of", "2026-03-05", "or an earlier one"),
        ("method", "barter", "Choose how it came."),
        ("reference", "x" * 121, "Shorten this"),
        ("for", "chosen", "Choose the invoices"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    desk: TestClient, shop: Shop, field: str, value: str, said: str
) -> None:
    answer = record(desk, shop, **{"reference": "No. 17", field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'href="#{"charges" if value == "chosen" else field}"' in answer.text
    assert 'value="2026-03-02"' in answer.text or field == "received"
    assert all_payments(shop) == []


def test_it_is_put_on_invoices_and_taken_off_again(desk: TestClient, shop: Shop) -> None:
    base = record(desk, shop, **{"for": "nothing"}).headers["location"].partition("?")[0]
    page = desk.get(f"{base}/allocation")
    form = {**form_of(page), "charges": shop.second.public_id, "amount": "120.00"}
    assert desk.post(f"{base}/allocation", data=form).status_code == 303
    assert shop.opens() == {"1001": 100_000, "1002": 48_000}
    # Pressed again, it is not put on twice.
    assert desk.post(f"{base}/allocation", data=form).status_code == 422
    assert shop.opens() == {"1001": 100_000, "1002": 48_000}
    address = f"{base}/release/{shop.second.public_id}"
    form = form_of(desk.get(address))
    assert desk.post(address, data=form).status_code == 303
    assert shop.opens() == {"1001": 100_000, "1002": 60_000}
    assert desk.post(address, data=form).status_code == 404
    assert desk.get(f"{base}/release/{shop.first.public_id}").status_code == 404


def test_a_cheque_that_came_back_opens_what_it_had_paid(desk: TestClient, shop: Shop) -> None:
    base = record(desk, shop).headers["location"].partition("?")[0]
    form = {**form_of(desk.get(f"{base}/return")), "on": "2026-03-02", "amount": "25.00"}
    assert desk.post(f"{base}/return", data=form).status_code == 303
    assert shop.opens() == {"1001": 100_000, "1002": 60_000, "FEE-00001": 2_500}
    again = desk.post(f"{base}/return", data=form)
    assert again.status_code == 422
    assert "returned already" in again.text
    assert "Returned" in desk.get(base).text


def test_a_cheque_is_given_back_once(desk: TestClient, shop: Shop) -> None:
    base = record(desk, shop).headers["location"].partition("?")[0]
    page = desk.get(f"{base}/refund")
    assert "What becomes of 1001?" in page.text
    form = {**form_of(page), "amount": "200.00", "reason": "Paid too much"}
    unsaid = desk.post(f"{base}/refund", data=form)
    assert unsaid.status_code == 422
    assert "This opens 1001 again" in unsaid.text
    assert 'value="Paid too much"' in unsaid.text
    assert desk.post(f"{base}/refund", data={**form, "covers": "reopen"}).status_code == 303
    twice = desk.post(f"{base}/refund", data={**form, "covers": "reopen"})
    assert twice.status_code == 409
    assert "has changed since the page was shown" in twice.text
    assert shop.opens() == {"1001": 70_000, "1002": 60_000}
    shown = words(desk.get(base).text)
    assert "Given back $200.00" in shown
    assert "by owner" in shown


def test_many_who_give_back_at_once_give_it_back_once(shop: Shop, shop_office: Office) -> None:
    desk = shop_office.desk_of("owner")
    base = record(desk, shop).headers["location"].partition("?")[0]
    form = {**form_of(desk.get(f"{base}/refund")), "amount": "100.00", "covers": "credit_memo"}
    together(3, lambda: shop_office.desk_of("owner").post(f"{base}/refund", data=form))
    with shop.house.resources.reading() as session:
        assert [row.amount_cents for row in reversals.refunds_of(session, [1])] == [10_000]
    assert shop.opens() == {"1001": 50_000, "1002": 60_000}


def test_a_card_payment_is_given_back_through_stripe(desk: TestClient, shop: Shop) -> None:
    shop.pay_first()
    shop.sync(shop.pay_by_card())
    (payment,) = all_payments(shop)
    base = f"/admin/payments/{payment.public_id}"
    page = desk.get(f"{base}/refund")
    assert "Stripe gives it back." in page.text
    form = {**form_of(page), "amount": "", "covers": "reopen"}
    assert desk.post(f"{base}/refund", data=form).status_code == 303
    assert shop.opens()["1001"] > 0
    assert "Given back $981.60" in words(desk.get(base).text)
    assert "Stripe tells by itself" in desk.get(f"{base}/return").text


def test_a_bank_debit_is_given_back_only_by_those_who_say_so_twice(desk: TestClient, shop: Shop) -> None:
    shop.pay_first(method="us_bank_account")
    attempt = shop.pay_by_bank()
    shop.house.clock.move(days=6)
    shop.house.stripe.tick()
    shop.sync(attempt)
    (payment,) = all_payments(shop)
    base = f"/admin/payments/{payment.public_id}"
    desk = Office(shop.house.resources, shop.house.clock).desk_of("owner")
    page = desk.get(f"{base}/refund")
    assert "can still return it for 60 days" in page.text
    form = {**form_of(page), "covers": "reopen"}
    refused = desk.post(f"{base}/refund", data=form)
    assert refused.status_code == 422
    assert 'href="#despite_return"' in refused.text
    assert desk.post(f"{base}/refund", data={**form, "despite_return": "yes"}).status_code == 303


def test_an_invoice_is_written_off_once(desk: TestClient, shop: Shop) -> None:
    base = f"/admin/invoices/{shop.first.public_id}"
    form = {**form_of(desk.get(f"{base}/write-off")), "amount": "300.00", "claims_tax": "yes"}
    assert "Say why" in desk.post(f"{base}/write-off", data=form).text
    form["reason"] = "Bankrupt"
    assert desk.post(f"{base}/write-off", data=form).status_code == 303
    assert "has changed since the page was shown" in desk.post(f"{base}/write-off", data=form).text
    assert shop.opens() == {"1001": 70_000, "1002": 60_000}
    assert "Written off" in desk.get(base).text
    assert [action for _, action in acts(shop)] == ["charge.written_off"]


def test_whoever_may_not_sees_no_buttons(shop: Shop, shop_office: Office) -> None:
    base = record(shop_office.desk_of("owner"), shop, **{"for": "nothing"}).headers["location"].partition("?")[0]
    reader, collector = shop_office.desk_of("read_only"), shop_office.desk_of("collector")
    for address in (base, f"/admin/customers/{shop.account.public_id}", f"/admin/invoices/{shop.first.public_id}"):
        page = reader.get(address)
        assert page.status_code == 200
        assert "button-plain" not in page.text.partition("<main")[2]
        assert not re.search(r"Give money back|Write off|Record a payment|Send a link|Revoke", page.text)
        assert not re.search("Give money back|Write off", collector.get(address).text)


def test_what_cannot_be_done_any_more_is_said_instead_of_asked(desk: TestClient, shop: Shop) -> None:
    base = (
        record(desk, shop, amount="981.60", **{"for": "chosen", "charges": shop.first.public_id})
        .headers["location"]
        .partition("?")[0]
    )
    assert "take it off one of them first" in desk.get(f"{base}/allocation").text
    gone = f"/admin/invoices/{shop.first.public_id}/write-off"
    assert desk.get(gone).status_code == 409
    form = form_of(desk.get(f"{base}/return"))
    desk.post(f"{base}/return", data={**form, "on": "2026-03-02"})
    assert "came back already" in desk.get(f"{base}/return").text
    assert "Nothing of this payment is left" in desk.get(f"{base}/refund").text


def test_a_bank_that_wants_an_answer_is_the_first_thing_to_be_seen(desk: TestClient, shop: Shop) -> None:
    shop.pay_first()
    attempt = shop.pay_by_card()
    shop.sync(attempt)
    attempt = shop.attempts()[-1]
    assert attempt.payment_intent_id
    shop.house.stripe.dispute(attempt.payment_intent_id)
    shop.sync(attempt)
    page = words(desk.get("/admin").text)
    assert "1 Bank wants an answer" in page
    assert "1 payment" in words(desk.get("/admin/payments?state=contested").text)
    (payment,) = all_payments(shop)
    shown = words(desk.get(f"/admin/payments/{payment.public_id}").text)
    assert "Disputed" in shown
    assert "Chargeback" in shown
    refused = desk.post(
        f"/admin/payments/{payment.public_id}/refund",
        data={**form_of(desk.get(f"/admin/payments/{payment.public_id}/refund")), "covers": "reopen"},
    )
    assert refused.status_code == 409
    assert "Answer the dispute in Stripe" in refused.text
