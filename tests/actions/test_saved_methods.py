"""Saved methods until their end: removed, detached, expired, revoked, or saved along with a payment."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from e2e.stripe import Fault
from portal.actions import inbox, method_care, payments, saved_methods
from portal.actions.checkouts import Method, Wish, begin
from portal.actions.quotes import Choice
from portal.records import plans as plan_records
from portal.records.attempts import AttemptRow
from portal.records.saved_methods import MethodRow
from portal.records.tables import collections, letters
from portal.records.tables import saved_methods as methods_table
from portal.records.types import new_public_id
from portal.rules.refusals import Conflict, NotFound
from tests.actions.test_inbox import Post
from tests.support.books import add_customer
from tests.support.house import House
from tests.support.saving import CONSENT, Saving
from tests.support.shop import together


@pytest.fixture
def saving(checked_house: House) -> Saving:
    return Saving(checked_house)


def watch(saving: Saving) -> int:
    return method_care.watch(saving.house.resources, now=saving.house.clock.now())


def used(saving: Saving, kind: Method = "card") -> MethodRow:
    """A method that pays a plan and every invoice."""
    plan = saving.agree()
    method = saving.save(kind, "plan", plan_id=plan.id)
    saving.turn_on(method)
    return method


def expires(saving: Saving, method: MethodRow, year: int, month: int) -> None:
    with saving.house.resources.writing() as session:
        session.execute(
            update(methods_table).where(methods_table.c.id == method.id).values(exp_year=year, exp_month=month)
        )


def test_a_removed_one_is_charged_for_nothing_and_stripe_forgets_it(saving: Saving) -> None:
    method = used(saving)
    saving.remove(method)
    (ended,) = saving.methods()
    assert (ended.ended_why, ended.detached_at) == ("removed", saving.house.clock.now())
    assert not saving.is_attached(method)
    assert saving.autopay() is None
    with saving.house.resources.reading() as session:
        (plan,) = plan_records.of_account(session, saving.account.id)
    assert (plan.method_id, plan.state) == (None, "active")
    assert saving.story(plan)[-1] == "method_ended"
    assert saving.told() == ["autopay_on", "method_ended", "seller_method_ended"]


def test_one_that_pays_nothing_is_no_news_for_the_seller(saving: Saving) -> None:
    saving.remove(saving.save())
    assert saving.told() == ["method_ended"]


def test_removing_twice_and_at_once_ends_it_once(saving: Saving) -> None:
    method = used(saving)
    together(4, lambda: saving.remove(method))
    assert saving.told() == ["autopay_on", "method_ended", "seller_method_ended"]


def test_where_stripe_is_away_it_is_over_at_once_and_detached_later(saving: Saving) -> None:
    method = saving.save()
    saving.house.stripe.fault(Fault("server_error", method="POST", path="/v1/payment_methods", times=None))
    saving.remove(method)
    assert saving.methods()[0].ended_why == "removed"
    assert saving.is_attached(method)
    watch(saving)
    assert saving.methods()[0].detached_at is None
    saving.house.stripe.heal()
    assert watch(saving) == 1
    assert not saving.is_attached(method)
    assert watch(saving) == 0


def test_nobody_removes_what_is_not_theirs(saving: Saving) -> None:
    method = saving.save()
    with saving.house.resources.writing() as session:
        other = add_customer(session, saving.house.clock.now(), name="Contoso", email="pay@contoso.example")
    with pytest.raises(NotFound):
        saved_methods.remove(saving.house.resources, other.id, method.public_id, now=saving.house.clock.now())
    assert saving.methods()[0].ended_at is None


def test_detached_in_the_dashboard_it_ends_by_the_webhook(saving: Saving) -> None:
    post = Post(saving, handle=True)
    method = used(saving)
    saving.house.stripe.detach(method.payment_method_id)
    saving.house.stripe.deliver()
    assert (saving.methods()[0].ended_why, saving.autopay()) == ("detached", None)
    assert saving.methods()[0].detached_at is not None
    assert "new" not in post.states()


def test_what_we_detach_ourselves_is_told_once(saving: Saving) -> None:
    Post(saving, handle=True)
    method = saving.save()
    saving.remove(method)
    saving.house.stripe.deliver()
    assert saving.methods()[0].ended_why == "removed"
    assert saving.told() == ["method_ended"]


def test_methods_of_others_are_foreign(saving: Saving) -> None:
    post = Post(saving)
    method = saving.save()
    with saving.house.resources.writing() as session:
        session.execute(update(methods_table).values(payment_method_id="pm_other"))
    saving.house.stripe.renew_card(method.payment_method_id)
    saving.house.stripe.deliver()
    inbox.handle(saving.house.resources, method.payment_method_id, now=saving.house.clock.now())
    assert "foreign" in post.states()


def test_a_renewed_card_keeps_its_new_date(saving: Saving) -> None:
    Post(saving, handle=True)
    method = saving.save()
    saving.house.stripe.renew_card(method.payment_method_id)
    saving.house.stripe.deliver()
    (renewed,) = saving.methods()
    assert (renewed.exp_year, renewed.exp_month, renewed.ended_at) == (2030, 3, None)


def test_a_mandate_that_is_revoked_ends_it(saving: Saving) -> None:
    Post(saving, handle=True)
    method = used(saving, "us_bank_account")
    saving.house.stripe.end_mandate(method.payment_method_id)
    saving.house.stripe.deliver()
    assert saving.methods()[0].ended_why == "mandate_ended"
    assert watch(saving) == 1


def test_a_card_that_expires_before_it_is_needed_again_is_told_of_once(saving: Saving) -> None:
    method = used(saving)
    expires(saving, method, 2026, 3)
    saving.on(3, 20)
    assert watch(saving) == 0
    saving.on(3, 21)
    assert watch(saving) == 1
    saving.on(3, 31)
    assert watch(saving) == 0
    assert saving.told() == ["autopay_on", "method_expiring"]


def test_one_that_is_not_needed_after_is_not_told_of(saving: Saving) -> None:
    plan = saving.agree()
    method = saving.save("card", "plan", plan_id=plan.id)
    unused = saving.save()
    expires(saving, unused, 2026, 5)
    expires(saving, method, 2026, 5)
    saving.on(5, 25)
    # The last payment is on 31 May.
    assert watch(saving) == 0
    expires(saving, method, 2026, 4)
    saving.on(4, 25)
    assert watch(saving) == 1


def test_it_ends_on_the_first_of_the_next_month(saving: Saving) -> None:
    method = used(saving)
    saving.house.stripe.expire_card(method.payment_method_id)
    expires(saving, method, 2026, 3)
    saving.house.clock.set(datetime(2026, 4, 1, 3, 59, tzinfo=UTC))
    watch(saving)
    assert saving.methods()[0].ended_at is None
    saving.house.clock.set(datetime(2026, 4, 1, 4, 0, tzinfo=UTC))
    watch(saving)
    assert saving.methods()[0].ended_why == "expired"
    watch(saving)
    assert not saving.is_attached(method)


def test_a_card_that_stripe_has_renewed_unheard_does_not_end(saving: Saving) -> None:
    method = used(saving)
    expires(saving, method, 2026, 2)
    saving.house.stripe.renew_card(method.payment_method_id)
    watch(saving)
    assert (saving.methods()[0].ended_at, saving.methods()[0].exp_year) == (None, 2030)


def test_what_waits_to_be_collected_with_it_is_not(saving: Saving) -> None:
    method = used(saving)
    autopay = saving.autopay()
    assert autopay is not None
    shared = {
        "account_id": saving.account.id, "method_id": method.id, "state": "waiting", "noticed_cents": 60_000,
        "noticed_on": date(2026, 3, 2), "next_on": date(2026, 4, 1), "created_at": saving.house.clock.now(),
    }  # fmt: skip
    with saving.house.resources.writing() as session:
        (plan,) = plan_records.of_account(session, saving.account.id)
        of_plan = {"public_id": new_public_id(), "plan_id": plan.id, "position": 1}
        of_autopay = {"public_id": new_public_id(), "autopay_id": autopay.id, "charge_id": saving.second.id}
        for cause in (of_plan, of_autopay):
            session.execute(collections.insert().values(**shared, **cause))
    saving.remove(method)
    with saving.house.resources.reading() as session:
        found = session.execute(select(collections.c.state, collections.c.why).order_by(collections.c.id)).all()
    assert found == [("stopped", "method_ended"), ("stopped", "autopay_off")]


def test_turning_on_twice_is_one_and_another_method_takes_its_place(saving: Saving) -> None:
    first, second = saving.save(), saving.save("us_bank_account")
    together(4, lambda: saving.turn_on(first))
    assert saving.told() == ["autopay_on"]
    other = saving.turn_on(second)
    assert saving.autopay() == other
    assert saving.told() == ["autopay_on", "autopay_on"]


def test_turned_off_it_is_off_and_told_once(saving: Saving) -> None:
    saving.turn_on(saving.save())
    together(4, saving.turn_off)
    assert saving.autopay() is None
    assert saving.told() == ["autopay_on", "autopay_off"]


def test_what_has_ended_cannot_be_turned_on(saving: Saving) -> None:
    method = saving.save()
    saving.remove(method)
    with pytest.raises(Conflict):
        saving.turn_on(method)


def pay_and_save(saving: Saving, method: str = "card", *, plan: str | None = None) -> AttemptRow:
    """Paid on Stripe's page; nothing is read from Stripe yet."""
    choice = Choice(amount_cents=20_000, plan=plan) if plan else Choice((saving.first.public_id,))
    wish = Wish(choice, method, 20_000 if plan else 98_160, saves_method=CONSENT)  # type: ignore[arg-type]
    assert begin(saving.house.resources, saving.payer, wish, now=saving.house.clock.now())
    return saving.pay_by_card() if method == "card" else saving.pay_by_bank()


@pytest.mark.parametrize("kind", ["card", "us_bank_account"])
def test_a_payment_saves_its_method_for_its_plan(saving: Saving, kind: str) -> None:
    plan = saving.agree()
    saving.sync(pay_and_save(saving, kind, plan=plan.public_id))
    (method,) = saving.methods()
    assert (method.kind, method.consent) == (kind, CONSENT)
    assert (method.mandate_id is None) == (kind == "card")
    assert saving.plan(plan).method_id == method.id
    assert saving.is_attached(method)


def test_a_payment_that_saves_does_so_once_however_often_it_is_looked_at(saving: Saving) -> None:
    attempt = pay_and_save(saving)
    together(6, lambda: saving.sync(attempt))
    saving.remove(saving.methods()[0])
    saving.sync(attempt)
    assert len(saving.methods()) == 1
    assert saving.opens() == {"1002": 60_000}


def test_a_payment_is_posted_where_its_method_cannot_be_read_and_saved_later(saving: Saving) -> None:
    attempt = pay_and_save(saving)
    saving.house.stripe.fault(Fault("server_error", method="GET", path="/v1/payment_methods", times=None))
    saving.sync(attempt)
    assert saving.opens() == {"1002": 60_000}
    assert saving.methods() == []
    saving.house.stripe.heal()
    assert watch(saving) == 1
    assert len(saving.methods()) == 1
    assert watch(saving) == 0


def test_a_payment_that_saves_nothing_saves_nothing(saving: Saving) -> None:
    saving.pay_first()
    payments.sync_payment(saving.house.resources, saving.pay_by_card().id, now=saving.house.clock.now())
    assert saving.methods() == []
    with saving.house.resources.reading() as session:
        assert session.execute(select(letters.c.kind)).scalars().all() == ["receipt"]
