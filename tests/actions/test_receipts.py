"""What a receipt says of a payment, once a part of it or of its discount was taken back."""

from portal.actions import receipts, refunds
from tests.support.paid import Paid
from tests.support.shop import Shop


def test_of_a_discount_that_a_credit_memo_took_a_share_of_the_rest_is_shown(shop: Shop) -> None:
    paid = Paid(shop)
    now = shop.house.clock.now()
    wish = refunds.Wish(21_200, covers=True)
    refunds.refund(shop.house.resources, paid.payment, wish, now=now, actor="cli")
    with shop.house.resources.reading() as session:
        (row,) = receipts.load(session, paid.payment, on=now.date()).standing
    # 212.00 of money and 3.97 of its discount are a credit memo of 215.97 now.
    assert (row.amount_cents, row.discount_cents) == (76_960, 1_840 - 397)
