"""Telling us about a payment or a credit: said on the statement, once, in words; nothing else changes."""

from dataclasses import replace
from datetime import datetime

import pytest
from starlette.testclient import TestClient

from portal.actions import policies
from portal.gateways.mailer import OutgoingLetter
from portal.jobs.letters import send_waiting
from portal.records import notices
from tests.support.paying import PayingSite
from tests.support.reading import words

CHEQUE = {"method": "cheque", "amount": "500", "sent_on": "2026-02-27", "reference": "1187"}
TOLD = "You told us: cheque of $500.00 sent on February 27, 2026, reference 1187. It has not arrived yet."
CANARY = "<script>alert(1)</script>\x1b[31m\r\nBcc: x@y"


def test_a_cheque_is_said_on_the_statement_and_changes_no_figure(shop_on_both: PayingSite) -> None:
    shop = shop_on_both
    visitor = shop.visitor()
    before = words(visitor.get(shop.base).text)
    assert "Already paid another way? Tell us" in before
    page = visitor.get(f"{shop.base}/notices")
    assert "Your balance changes when it arrives, not before." in words(page.text)
    for _ in range(2):
        answer = visitor.post(f"{shop.base}/notices", data=CHEQUE)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{shop.base}#told")
    after = words(visitor.get(shop.base).text)
    assert after.count(TOLD) == 2  # The sentence, and what its button takes back.
    assert "Balance due as of March 2, 2026 $2,550.00" in before
    assert "Balance due as of March 2, 2026 $2,550.00" in after


def test_it_can_be_taken_back(shop: PayingSite) -> None:
    visitor = shop.visitor()
    visitor.post(f"{shop.base}/notices", data=CHEQUE | {"reference": ""})
    assert "sent on February 27, 2026. It has not" in words(visitor.get(shop.base).text)
    with shop.resources.reading() as session:
        [found] = notices.not_closed(session, shop.account.id)
    address = f"{shop.base}/notices/{found.public_id}/withdrawal"
    assert address in visitor.get(shop.base).text
    assert [visitor.post(address).status_code for _ in range(2)] == [303, 303]
    assert "You told us" not in visitor.get(shop.base).text


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"method": ""}, "method", "Choose how you sent it."),
        ({"method": "gold"}, "method", "Choose how you sent it."),
        ({"amount": ""}, "amount", "Enter the amount that you sent."),
        ({"amount": "lots"}, "amount", "“lots” is not an amount. Write it like 1234.56."),
        ({"amount": "1.005"}, "amount", "has more decimals than USD has (2)."),
        ({"amount": "0"}, "amount", "Enter an amount of more than nothing."),
        ({"amount": "-5"}, "amount", "Enter an amount of more than nothing."),
        ({"amount": "1" * 41}, "amount", "too long for an amount"),
        ({"amount": "9" * 16}, "amount", "is too large an amount."),
        ({"sent_on": ""}, "sent_on", "Enter the day on which you sent it."),
        ({"sent_on": "soon"}, "sent_on", "such as 2026-03-31."),
        ({"sent_on": "3/4/2026"}, "sent_on", "such as 2026-03-31."),
        ({"sent_on": "2026-02-30"}, "sent_on", "such as 2026-03-31."),
        ({"sent_on": "2026-03-03"}, "sent_on", "That day is still ahead."),
        ({"sent_on": "2025-03-01"}, "sent_on", "more than a year ago"),
        ({"reference": "x" * 121}, "reference", "Shorten the reference to 120 characters or fewer."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(
    shop: PayingSite, changes: dict[str, str], field: str, sentence: str
) -> None:
    visitor = shop.visitor()
    page = visitor.post(f"{shop.base}/notices", data=CHEQUE | changes)
    assert page.status_code == 422
    assert words(page.text).count(sentence) == 2
    assert f'id="{field}-error"' in page.text
    for name, value in (CHEQUE | changes).items():
        if name != "method" and value:
            assert f'value="{value}"' in page.text
    assert ("checked" in page.text) == (field != "method")
    with shop.resources.reading() as session:
        assert notices.not_closed(session, shop.account.id) == []


def test_everything_that_is_wrong_is_said_at_once(shop: PayingSite) -> None:
    page = shop.visitor().post(f"{shop.base}/notices", data={})
    assert page.status_code == 422
    assert page.text.count('class="field-error"') == 3


def test_amounts_are_read_as_the_locale_writes_them(shop: PayingSite) -> None:
    now = shop.clock.now()
    with shop.resources.writing() as session:
        policies.set_policy(session, "locale", "de_DE", effective_on=now.date(), now=now, actor="test")
    assert shop.visitor().post(f"{shop.base}/notices", data=CHEQUE | {"amount": "1.234,50"}).status_code == 303
    with shop.resources.reading() as session:
        assert [row.amount_cents for row in notices.not_closed(session, shop.account.id)] == [123_450]


def test_a_link_to_one_document_says_nothing_about_the_account(shop: PayingSite) -> None:
    narrow = shop.visitor(charge_id=shop.invoice.id)
    for answer in (
        narrow.get(f"{shop.base}/notices"),
        narrow.post(f"{shop.base}/notices", data=CHEQUE),
        narrow.get(f"{shop.base}/explanation"),
    ):
        assert answer.status_code == 404
        assert "Get a link to your account" in answer.text


def test_many_in_a_short_time_are_stopped(shop: PayingSite) -> None:
    visitor = shop.visitor()
    codes = [visitor.post(f"{shop.base}/notices", data=CHEQUE).status_code for _ in range(30)]
    assert codes == [303] * 30
    refused = visitor.post(f"{shop.base}/notices", data=CHEQUE)
    assert refused.status_code == 429
    assert "There were many requests in a short time." in words(refused.text)
    # Nothing that was typed is to be typed again.
    assert f'value="{CHEQUE["amount"]}"' in refused.text
    assert visitor.post(f"{shop.base}/notices", data={"kind": "refund", "expected": "1"}).status_code == 429


def ask(visitor: TestClient, shop: PayingSite, cents: str) -> int:
    return visitor.post(f"{shop.base}/notices", data={"kind": "refund", "expected": cents}).status_code


def test_a_credit_is_kept_used_or_asked_back(shop_on_both: PayingSite) -> None:
    shop = shop_on_both
    shop.credit("CM-1", 84_000)
    visitor = shop.visitor()
    page = visitor.get(shop.base).text
    assert "Your credit of $840.00 is kept for you; you need not do anything." in words(page)
    assert 'name="expected" value="84000"' in page
    assert [ask(visitor, shop, cents) for cents in ("", "840.00", "83999", "9" * 30, "٣")] == [409] * 5
    assert [ask(visitor, shop, "84000") for _ in range(2)] == [303, 303]
    said = words(visitor.get(shop.base).text)
    assert "You asked for $840.00 back on March 2, 2026. Until it is paid back it stays your credit." in said
    assert "Ask for my credit back" not in said
    with shop.resources.reading() as session:
        [found] = notices.not_closed(session, shop.account.id)
    visitor.post(f"{shop.base}/notices/{found.public_id}/withdrawal")
    assert "Ask for my credit back" in visitor.get(shop.base).text


class Tray:
    """A mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[OutgoingLetter] = []

    def send(self, letter: OutgoingLetter, *, sent_at: datetime) -> None:
        self.letters.append(letter)


def test_a_reference_runs_nowhere(shop: PayingSite) -> None:
    now = shop.clock.now()
    with shop.resources.writing() as session:
        policies.set_policy(
            session, "seller_email", "owner@harbor.example", effective_on=now.date(), now=now, actor="test"
        )
    visitor = shop.visitor()
    assert visitor.post(f"{shop.base}/notices", data=CHEQUE | {"reference": CANARY}).status_code == 303
    refused = visitor.post(f"{shop.base}/notices", data=CHEQUE | {"reference": CANARY, "amount": CANARY})
    tray = Tray()
    assert send_waiting(replace(shop.resources, mailer=tray), now=now) == 1  # type: ignore[arg-type]
    [letter] = tray.letters
    for text in (visitor.get(shop.base).text, refused.text, letter.html):
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert(1)</script> [31m Bcc: x@y" in letter.text
    with shop.resources.reading() as session:
        [found] = notices.not_closed(session, shop.account.id)
    assert found.reference == "<script>alert(1)</script> [31m Bcc: x@y"
