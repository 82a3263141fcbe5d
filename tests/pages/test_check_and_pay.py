"""Check and pay says exactly what will be charged, and refuses in words what cannot be paid."""

import pytest

from tests.support.dump import dump
from tests.support.paying import PayingSite, fields
from tests.support.reading import rows, words


def test_chosen_invoices_show_balance_discount_and_total(shop: PayingSite) -> None:
    page = shop.check(shop.visitor(), shop.example, shop.invoice)
    assert page.status_code == 200
    assert rows(page.text)[1:] == [
        ["INV-1 Due Mar 12", "$1,250.00", "–", "$1,250.00"],
        ["1001 Due Mar 31", "$1,000.00", "−$18.40", "$981.60"],
    ]
    said = words(page.text)
    assert "Balance $2,250.00 Early-payment discount −$18.40 Total today $2,231.60" in said
    assert "Pay $2,231.60" in said
    assert fields(page)["expected"] == "223160"
    assert "Card" in said
    assert "Bank account (ACH)" in said


@pytest.mark.parametrize("typed", ["1500", "1,500", "1500.00", "$1500.00", "$1,500.00", " 1 500 ", "1500 USD"])
def test_a_sum_goes_to_the_oldest_due(shop: PayingSite, typed: str) -> None:
    page = shop.check(shop.visitor(), amount=typed)
    assert page.status_code == 200
    assert rows(page.text)[1:] == [
        ["INV-1 Due Mar 12", "$1,250.00", "–", "$1,250.00"],
        ["INV-2 Due Mar 12", "$300.00", "–", "$250.00 $50.00 stays open"],
    ]
    assert "Where your payment goes" in words(page.text)
    assert fields(page)["expected"] == "150000"
    assert fields(page)["amount"] == typed.strip()


BAD_AMOUNTS = {
    "abc": "“abc” is not an amount. Write it like 1234.56.",
    "5%": "“5%” is not an amount. Write it like 1234.56.",
    "%(x)s": "“%(x)s” is not an amount. Write it like 1234.56.",
    "%s": "“%s” is not an amount. Write it like 1234.56.",
    "1.234.5": "“1.234.5” is not an amount. Write it like 1234.56.",
    "12.345": "“12.345” has more decimals than USD has (2).",
    "€20": "“€20” is not in USD.",
    "0": "The smallest payment is $0.50.",
    "0.49": "The smallest payment is $0.50.",
    "-20": "The smallest payment is $0.50.",
    "2531.61": "$2,531.60 pays everything. Enter that or less.",
    "99999999999999": "$2,531.60 pays everything. Enter that or less.",
    "9" * 41: "That is too long for an amount. Write it like 1234.56.",
    "<b>7</b>": "“<b>7</b>” is not an amount. Write it like 1234.56.",
}


@pytest.mark.parametrize("typed", BAD_AMOUNTS)
def test_an_amount_that_cannot_be_paid_gets_a_sentence_and_stays_typed(shop: PayingSite, typed: str) -> None:
    visitor = shop.visitor()
    before = dump(shop.resources.database)
    page = shop.check(visitor, amount=typed)
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert BAD_AMOUNTS[typed] in words(page.text)
    escaped = typed.replace("<", "&lt;").replace(">", "&gt;")[: 40 if len(typed) > 40 else None]
    assert f'value="{escaped}"' in page.text
    assert "<b>7" not in page.text
    assert dump(shop.resources.database) == before


def test_nothing_chosen_goes_back_to_the_statement(shop: PayingSite) -> None:
    visitor = shop.visitor()
    for query in ({}, {"amount": ""}, {"amount": "   "}, {"charge": ""}):
        page = visitor.get(f"{shop.base}/pay", params=query)
        assert page.status_code == 422
    assert "Choose at least one invoice, or enter an amount." in words(visitor.get(f"{shop.base}/pay").text)


def test_charges_of_others_are_not_there(shop: PayingSite) -> None:
    other = shop.add_account("Contoso", "pay@contoso.example")
    foreign = shop.add("C-1", 77_700, account=other)
    visitor = shop.visitor()
    page = shop.check(visitor, foreign)
    assert page.status_code == 422
    assert "nothing left to pay" in page.text
    assert "777" not in words(page.text)
    mixed = shop.check(visitor, foreign, shop.example)
    assert mixed.status_code == 200
    assert "Some figures have changed" in mixed.text
    assert fields(mixed)["expected"] == "98160"
    assert "777" not in words(mixed.text)


def test_what_was_paid_meanwhile_is_left_out_and_said(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.sync(shop.pay(visitor, shop.invoice))
    both = shop.check(visitor, shop.invoice, shop.example)
    assert "Some figures have changed" in both.text
    assert fields(both)["charge"] == [shop.example.public_id]
    alone = shop.check(visitor, shop.invoice)
    assert alone.status_code == 422
    assert "Those invoices have nothing left to pay." in alone.text


def test_what_is_on_its_way_cannot_be_paid_again(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.sync(shop.pay(visitor, shop.invoice, method="ach"))
    page = shop.check(visitor, shop.invoice)
    assert page.status_code == 409
    assert "Nothing of invoice INV-1 can be paid now. Choose again without it." in words(page.text)
    assert f'href="{shop.base}"' in page.text


def test_an_invoice_below_stripes_minimum_is_refused_alone_and_taken_with_another(shop: PayingSite) -> None:
    tiny = shop.add("TINY", 30)
    visitor = shop.visitor()
    alone = shop.check(visitor, tiny)
    assert alone.status_code == 422
    assert "$0.30 is below the smallest payment, $0.50. Choose another invoice with it." in words(alone.text)
    assert shop.check(visitor, tiny, shop.example).status_code == 200


def test_nothing_open_is_said(shop: PayingSite) -> None:
    empty = shop.add_account("Contoso", "pay@contoso.example")
    base = f"/a/{empty.public_id}"
    page = shop.check(shop.visitor(empty), amount="10", base=base)
    assert page.status_code == 409
    assert "Nothing can be paid now." in page.text


def test_looking_changes_nothing(shop: PayingSite) -> None:
    visitor = shop.visitor()
    before = dump(shop.resources.database)
    for path in ("", "/statement.csv", "/payments", f"/invoices/{shop.example.public_id}"):
        assert visitor.get(f"{shop.base}{path}").status_code == 200
        assert visitor.head(f"{shop.base}{path}").status_code == 200
    shop.check(visitor, shop.example)
    shop.check(visitor, amount="12.50")
    assert dump(shop.resources.database) == before


def test_a_link_to_one_document_pays_that_one_only(shop: PayingSite) -> None:
    visitor = shop.visitor(charge_id=shop.example.id)
    page = shop.check(visitor, shop.example)
    assert fields(page)["expected"] == "98160"
    for query in ({"charge": shop.invoice.public_id}, {"amount": "100"}, {}):
        refused = visitor.get(f"{shop.base}/pay", params=query)
        assert refused.status_code == 422
        for secret in ("INV-1", "1,250", "2,531"):
            assert secret not in refused.text
    both = shop.check(visitor, shop.example, shop.invoice)
    assert fields(both)["charge"] == [shop.example.public_id]
    assert "INV-1" not in both.text


def test_a_currency_without_decimals_shows_whole_units_and_takes_cards(shop: PayingSite) -> None:
    account = shop.in_currency("jpy")
    invoice = shop.add("JP-1", 98_000, account=account, terms="2/10 net 30")
    visitor, base = shop.visitor(account), f"/a/{account.public_id}"
    page = shop.check(visitor, invoice, base=base)
    assert rows(page.text)[1:] == [["JP-1 Due Mar 31", "¥98,000", "−¥1,960", "¥96,040"]]
    assert 'value="card" id="method" checked' in page.text
    assert "ACH" not in page.text
    assert "¥98,000" in visitor.get(base).text
    assert "The smallest payment is ¥50." in words(visitor.get(base).text)
    forced = shop.press(visitor, page, base=base, method="ach")
    assert forced.status_code == 422
    assert "Choose how you want to pay." in forced.text
    assert shop.press(visitor, page, base=base).status_code == 303
    assert shop.attempts()[-1].amount_cents == 96_040
    sum_page = shop.check(visitor, amount="1,000", base=base)
    assert fields(sum_page)["expected"] == "1000"
    assert "more decimals than JPY has" in shop.check(visitor, amount="10.50", base=base).text


@pytest.mark.parametrize("code", ["kwd", "isk"])
def test_odd_currencies_keep_their_decimals(shop: PayingSite, code: str) -> None:
    account = shop.in_currency(code)
    invoice = shop.add("X-1", 1_234_500, account=account)
    page = shop.check(shop.visitor(account), invoice, base=f"/a/{account.public_id}")
    assert fields(page)["expected"] == "1234500"
    assert {"kwd": "KWD 1,234.500", "isk": "ISK 12,345.00"}[code] in words(page.text)
