"""Saving a method on Stripe's page: one page per wish, one method per page, whoever brings the news."""

from dataclasses import replace

import pytest

from e2e.stripe import Fault
from portal.actions import inbox, setups
from portal.rules.refusals import Conflict, Refusal
from tests.actions.test_inbox import Post
from tests.support.house import House
from tests.support.saving import CONSENT, Saving
from tests.support.shop import together

DECLINED = "4000000000000002"


@pytest.fixture
def saving(checked_house: House) -> Saving:
    return Saving(checked_house)


def test_a_card_is_saved_with_the_words_that_were_agreed_to(saving: Saving) -> None:
    assert saving.begin_setup().startswith("http")
    assert saving.methods() == []
    saving.finish()
    saving.sync_setup()
    (method,) = saving.methods()
    assert (method.kind, method.name, method.last4, method.mandate_id) == ("card", "visa", "4242", None)
    assert (method.consent, method.contact_id, method.session_id) == (CONSENT, saving.access.contact_id, 1)
    assert (method.account_id, method.ended_at) == (saving.account.id, None)
    assert saving.setups()[0].state == "done"
    assert saving.house.stripe.all("payment_intent") == []


def test_a_bank_account_is_saved_with_its_mandate(saving: Saving) -> None:
    method = saving.save("us_bank_account")
    assert (method.kind, method.last4, method.exp_month) == ("us_bank_account", "6789", None)
    assert method.mandate_id is not None


def test_pressing_again_answers_the_same_page(saving: Saving) -> None:
    addresses: list[str] = []
    together(8, lambda: addresses.append(saving.begin_setup()))
    assert len(set(addresses)) == 1
    assert len(saving.setups()) == 1
    assert len(saving.house.stripe.all("customer")) == 1


def test_other_words_are_another_page_for_the_same_customer(saving: Saving) -> None:
    first = saving.begin_setup()
    assert saving.begin_setup(consent="Other words.") != first
    assert len(saving.house.stripe.all("customer")) == 1


def test_a_page_is_not_gone_back_to_after_its_hour(saving: Saving) -> None:
    first = saving.begin_setup()
    saving.house.clock.move(hours=2)
    assert saving.begin_setup() != first


def test_the_webhook_and_the_return_page_at_once_save_one_method(saving: Saving) -> None:
    post = Post(saving)
    saving.begin_setup(purpose="autopay")
    saving.finish()
    saving.house.stripe.deliver()
    subjects = iter(post.subjects * 4)

    def bring() -> None:
        saving.sync_setup()
        inbox.handle(saving.house.resources, next(subjects), now=saving.house.clock.now())

    together(8, bring)
    post.handle_waiting()
    assert len(saving.methods()) == 1
    assert saving.told() == ["autopay_on"]
    assert "new" not in post.states()
    assert "dead" not in post.states()


def test_the_webhook_alone_saves_it(saving: Saving) -> None:
    post = Post(saving, handle=True)
    saving.begin_setup()
    saving.finish()
    saving.house.stripe.deliver()
    assert len(saving.methods()) == 1
    assert any(subject.startswith("seti_") for subject in post.subjects)


def test_a_page_whose_answer_was_lost_is_found_by_its_metadata(saving: Saving) -> None:
    saving.house.stripe.fault(Fault("drop_after", method="POST", path="/v1/checkout/sessions", times=3))
    with pytest.raises(Refusal):
        saving.begin_setup()
    (checkout,) = saving.house.stripe.all("checkout.session")
    post = Post(saving, handle=True)
    saving.house.stripe.pay_by_card(checkout["id"])
    saving.house.stripe.deliver()
    assert [setup.checkout_id for setup in saving.setups()] == [checkout["id"]]
    assert len(saving.methods()) == 1
    assert post.states() <= {"handled", "foreign"}


def test_setups_of_another_installation_are_not_ours(saving: Saving) -> None:
    post = Post(saving)
    saving.begin_setup()
    saving.finish()
    saving.house.stripe.deliver()
    other = saving.house.resources.settings.model_copy(update={"instance": "another"})
    elsewhere = replace(saving.house.resources, settings=other)
    setup_intents = [subject for subject in post.subjects if subject.startswith("seti_")]
    inbox.handle(elsewhere, setup_intents[0], now=saving.house.clock.now())
    assert "foreign" in post.states()
    assert saving.methods() == []


def test_nothing_is_saved_where_the_card_is_declined_and_the_page_stays_open(saving: Saving) -> None:
    saving.begin_setup()
    checkout_id = saving.setups()[0].checkout_id
    assert checkout_id is not None
    saving.house.stripe.pay_by_card(checkout_id, DECLINED)
    saving.sync_setup()
    assert (saving.methods(), saving.setups()[0].state) == ([], "open")
    saving.finish()
    saving.sync_setup()
    assert len(saving.methods()) == 1


def test_a_page_that_nobody_used_expires(saving: Saving) -> None:
    saving.begin_setup()
    saving.house.clock.move(hours=2)
    saving.house.stripe.tick()
    assert setups.settle_expired(saving.house.resources, now=saving.house.clock.now()) == 1
    assert saving.setups()[0].state == "expired"
    assert setups.settle_expired(saving.house.resources, now=saving.house.clock.now()) == 0


def test_the_worker_saves_what_no_webhook_told_of(saving: Saving) -> None:
    saving.begin_setup()
    saving.finish()
    saving.house.clock.move(hours=2)
    assert setups.settle_expired(saving.house.resources, now=saving.house.clock.now()) == 1
    assert len(saving.methods()) == 1


def test_a_page_that_was_never_opened_is_put_away(saving: Saving) -> None:
    saving.house.stripe.fault(Fault("drop_before", method="POST", path="/v1/checkout/sessions", times=None))
    with pytest.raises(Refusal) as refused:
        saving.begin_setup()
    assert "Nothing was saved" in refused.value.sentence
    saving.house.clock.move(hours=2)
    assert setups.settle_expired(saving.house.resources, now=saving.house.clock.now()) == 1
    assert saving.setups()[0].state == "expired"


def test_a_failure_that_stripe_remembers_is_asked_again_by_another_key(saving: Saving) -> None:
    saving.house.stripe.fault(Fault("server_error", method="POST", path="/v1/checkout/sessions", times=3))
    with pytest.raises(Refusal):
        saving.begin_setup()
    assert saving.begin_setup().startswith("http")
    assert len(saving.setups()) == 1


def test_a_customer_deleted_at_stripe_is_made_again(saving: Saving) -> None:
    saving.save()
    (customer,) = saving.house.stripe.all("customer")
    del saving.house.stripe.tables["customer"][customer["id"]]
    with pytest.raises(Refusal):
        saving.begin_setup("us_bank_account")
    assert saving.save("us_bank_account").customer_id != customer["id"]


def test_saved_for_a_plan_it_is_charged_for_the_plan(saving: Saving) -> None:
    plan = saving.agree()
    method = saving.save(purpose="plan", plan_id=plan.id)
    assert saving.plan(plan).method_id == method.id
    assert saving.story(plan)[-1] == "method_set"
    saving.sync_setup()
    assert saving.story(plan).count("method_set") == 1


def test_a_plan_that_ended_meanwhile_is_left_alone_and_the_method_kept(saving: Saving) -> None:
    plan = saving.agree()
    saving.begin_setup(purpose="plan", plan_id=plan.id)
    saving.finish()
    saving.change(plan, "cancel", words="As you asked.")
    saving.sync_setup()
    assert saving.plan(plan).method_id is None
    assert len(saving.methods()) == 1
    with pytest.raises(Conflict):
        saving.begin_setup(purpose="plan", plan_id=plan.id)


def test_saved_for_automatic_payments_they_are_on(saving: Saving) -> None:
    method = saving.save(purpose="autopay")
    found = saving.autopay()
    assert found is not None
    assert (found.method_id, found.consent) == (method.id, CONSENT)


def test_one_that_was_detached_before_we_looked_is_not_saved(saving: Saving) -> None:
    saving.begin_setup()
    saving.finish()
    (method,) = saving.house.stripe.all("payment_method")
    saving.house.stripe.detach(method["id"])
    saving.sync_setup()
    assert (saving.methods(), saving.setups()[0].state) == ([], "refused")


def test_without_stripe_nothing_begins(saving: Saving) -> None:
    offline = replace(saving.house.resources, stripe=None)
    with pytest.raises(Refusal):
        setups.begin(offline, saving.payer, kind="card", purpose="keep", consent=CONSENT, now=saving.house.clock.now())
    assert saving.setups() == []
