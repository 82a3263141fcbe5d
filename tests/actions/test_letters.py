"""Who gets the letters about a payment, and that one sender at a time has a letter."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.actions.letters import stage_to_payer
from portal.records import accounts
from portal.records import letters as records
from portal.records.letters import LEASE
from portal.records.tables import letters
from tests.support.rows import remove_contact
from tests.support.shop import Shop


@pytest.mark.parametrize(
    ("paid_by", "removed", "receiver"),
    [
        ("payer", "", "payer"),
        ("payer", "payer", "on file"),
        ("", "", "on file"),
        ("payer", "on file", "payer"),
    ],
)
def test_the_receipt_goes_to_whoever_paid_else_to_the_address_on_file(
    shop: Shop, paid_by: str, removed: str, receiver: str
) -> None:
    now = shop.house.clock.now()
    shop.pay_first()
    (attempt,) = shop.attempts()
    with shop.house.resources.writing() as session:
        ids = {"on file": accounts.contacts_of(session, shop.account.id)[0].id}
        accounts.add_contact(session, account_id=shop.account.id, name="", email="pat@northwind.example", now=now)
        ids["payer"] = accounts.contacts_of(session, shop.account.id)[1].id
        if removed:
            remove_contact(session, ids[removed], now=now)
        paid = attempt._replace(contact_id=ids.get(paid_by))
        stage_to_payer(session, "processing", "processing:1", paid, now=now)
        assert session.execute(select(letters.c.contact_id)).scalars().all() == [ids[receiver]]


def test_a_letter_that_somebody_is_sending_is_claimed_by_nobody_else_until_its_lease_ends(shop: Shop) -> None:
    now = shop.house.clock.now()
    shop.pay_first()
    with shop.house.resources.writing() as session:
        stage_to_payer(session, "processing", "processing:1", shop.attempts()[0], now=now)
    with shop.house.resources.writing() as session:
        assert records.claim(session, now) is not None
        assert records.claim(session, now + LEASE - timedelta(seconds=1)) is None
        again = records.claim(session, now + LEASE)
        assert again is not None
        assert again.tries == 2
