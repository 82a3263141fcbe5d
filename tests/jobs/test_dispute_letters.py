"""What both sides read of a dispute, as of the moment a letter goes out."""

import re

import pytest
from sqlalchemy import select, update

from portal import links as tokens
from portal.actions import access, fresh_links, late_fees, policies
from portal.actions.dispute_decisions import Offered
from portal.records import links
from portal.records.tables import accounts as accounts_table
from portal.records.tables import letters as letters_table
from tests.support.counter import Counter
from tests.support.office import Office, mail, token


@pytest.fixture
def counter(office: Office) -> Counter:
    return Counter(office)


def given_up(office: Office) -> list[tuple[str, str]]:
    with office.house.resources.reading() as session:
        chosen = select(letters_table.c.kind, letters_table.c.error).where(letters_table.c.state == "dropped")
        return [(kind, error) for kind, error in session.execute(chosen)]


def test_what_was_received_is_said_with_what_is_left_to_pay(office: Office, counter: Counter) -> None:
    counter.file()
    letter = mail(office)["ap"]
    assert letter.subject == "Dispute D-00001 about invoice 1001 received"
    for wanted in (
        "answer by March 9, 2026",
        "Rope, 12 mm (Something else): $217.39 disputed",
        "the days stand still",
        "To pay of invoice 1001: $782.61, due March 31, 2026.",
        "Start the payment by March 11, 2026 and pay $768.21: you save $14.40.",
    ):
        assert wanted in letter.text


def test_no_clock_is_spoken_of_where_the_discount_was_over_before(office: Office, counter: Counter) -> None:
    office.house.clock.move(days=10)
    counter.file()
    assert "days stand still" not in mail(office)["ap"].text


def test_a_question_is_read_in_the_letter(office: Office, counter: Counter) -> None:
    counter.ask(counter.file(), "Which coils?\n\n\nAnd <b>when</b>?")
    letter = mail(office)["ap"]
    assert letter.subject == "A question about your dispute D-00001: please answer by March 16, 2026"
    assert "    Which coils?\n    And <b>when</b>?\n" in letter.text
    assert "Which coils?<br>And &lt;b&gt;when&lt;/b&gt;?" in letter.html


def test_an_offer_says_what_it_leaves_to_pay_and_has_given_nothing(office: Office, counter: Counter) -> None:
    dispute = counter.offer(counter.file())
    before = office.opens()
    letter = mail(office)["ap"]
    assert "We credit $108.70, tax included." in letter.text
    assert "To pay of invoice 1001: $891.30, due March 31, 2026." in letter.text
    assert "open until March 16, 2026" in letter.text
    assert office.opens() == before
    assert counter.current(dispute) == dispute
    counter.agree(dispute)
    assert office.opens()["1001"] == 89_130


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (Offered("percentage", percent_bp=2500), "We credit 25% of what you dispute: $54.35, tax included."),
        (Offered("replacement"), "We send you the goods once more, and the invoice stays as it is."),
    ],
)
def test_each_kind_of_offer_has_its_sentence(office: Office, counter: Counter, given: Offered, wanted: str) -> None:
    dispute = counter.offer(counter.file(), given)
    assert wanted in mail(office)["ap"].text
    counter.agree(dispute)
    told = mail(office)
    assert told["ap"].subject == "Your dispute D-00001 about invoice 1001 is settled"
    assert wanted in told["ap"].text
    assert told["owner"].subject == "Offer accepted: dispute D-00001: Northwind Traders"


def test_a_decision_says_what_was_credited_and_what_is_left(office: Office, counter: Counter) -> None:
    counter.decide(counter.file(), 10_000, "The blue ones\nwere dry.")
    letter = mail(office)["ap"]
    assert letter.subject == "Our decision on your dispute D-00001 about invoice 1001"
    for wanted in (
        "We have accepted a part of your dispute D-00001 about invoice 1001.",
        "    The blue ones\n    were dry.\n",
        "$217.39 disputed, $108.69 approved",
        "Credit memo CM-00001: $108.69, of which $8.69 is tax",
        "To pay of invoice 1001: $891.31, due March 31, 2026.",
        "once more until March 16, 2026",
    ):
        assert wanted in letter.text


def test_an_accepted_dispute_is_not_opened_again(office: Office, counter: Counter) -> None:
    counter.decide(counter.file())
    letter = mail(office)["ap"]
    assert "We have accepted your dispute" in letter.text
    assert "once more" not in letter.text


def test_a_rejection_gives_its_reason_and_a_second_one_is_final(office: Office, counter: Counter) -> None:
    dispute = counter.decide(counter.file(), 0)
    letter = mail(office)["ap"]
    assert "We have not accepted your dispute" in letter.text
    assert "    As ordered.\n" in letter.text
    assert "Credit memo" not in letter.text
    assert "once more until" in letter.text
    counter.reopen(dispute)
    told = mail(office)
    assert told["ap"].subject == "Dispute D-00001 about invoice 1001 is open again"
    assert told["owner"].subject == "Opened again: dispute D-00001: Northwind Traders"
    assert "    Look again.\n" in told["owner"].text
    counter.decide(dispute, 0)
    assert "once more until" not in mail(office)["ap"].text


def test_both_credit_memos_are_named_after_a_second_decision(office: Office, counter: Counter) -> None:
    dispute = counter.decide(counter.file(), 10_000)
    mail(office)
    counter.reopen(dispute)
    assert "$108.69 approved" in mail(office)["ap"].text
    counter.decide(dispute)
    text = mail(office)["ap"].text
    assert "CM-00001: $108.69" in text
    assert "CM-00002: $108.70" in text


def test_goodwill_is_told_to_the_customer_at_once(office: Office, counter: Counter) -> None:
    counter.decide_policy(goodwill_dispute_cents="200000", goodwill_year_cents="500000", goodwill_month_cents="900000")
    counter.file(reason="not_received", figure="")
    told = mail(office)
    assert "at once, as goodwill" in told["ap"].text
    assert "There is nothing to pay on invoice 1001 now." in told["ap"].text
    assert "owner" not in told


@pytest.mark.parametrize(
    ("deed", "title"),
    [
        ("answer", "Answer to dispute D-00001"),
        ("decline", "Offer declined: dispute D-00001"),
        ("withdraw", "Withdrawn: dispute D-00001"),
    ],
)
def test_the_seller_is_told_of_what_the_customer_does(office: Office, counter: Counter, deed: str, title: str) -> None:
    dispute = counter.file()
    first = mail(office)["owner"]
    assert first.subject == "New dispute D-00001: Northwind Traders"
    assert "    Two coils were wet.\n" in first.text
    counter.offer(dispute)
    mail(office)
    getattr(counter, deed)(dispute)
    letter = mail(office)["owner"]
    assert letter.subject == f"{title}: Northwind Traders"
    address = f"http://127.0.0.1:8000/admin/disputes/{dispute.public_id}"
    assert re.findall(r"https?://\S+", letter.text) == [address]
    assert "/l/" not in letter.html


def test_a_letter_that_waited_too_long_is_not_sent(office: Office, counter: Counter) -> None:
    """What was filed and opened again since, a question answered, an offer declined, a decision looked at again."""
    dispute = counter.ask(counter.file())
    counter.answer(dispute)
    counter.offer(dispute)
    counter.decline(dispute)
    counter.decide(dispute, 0)
    counter.reopen(dispute)
    office.sent.clear()
    office.post()
    to_customer = [letter.subject for letter in office.sent if letter.to_email.startswith("ap@")]
    assert set(to_customer) == {"Dispute D-00001 about invoice 1001 is open again"}
    why = "the dispute has moved on since"
    overtaken = ("dispute_received", "dispute_question", "dispute_offer", "dispute_decided")
    assert given_up(office) == [(kind, why) for kind in overtaken]


def test_nobody_promises_to_answer_a_dispute_that_is_withdrawn(office: Office, counter: Counter) -> None:
    counter.withdraw(counter.file())
    assert [letter.to_email for letter in office.sent] == []
    office.post()
    assert given_up(office) == [("dispute_received", "the dispute has moved on since")]


def test_figures_are_those_of_the_moment_the_letter_goes_out(office: Office, counter: Counter) -> None:
    counter.decide(counter.file(), 10_000)
    office.house.clock.move(days=40)
    assert "you save" not in mail(office)["ap"].text


def test_the_link_leads_to_the_dispute_and_reaches_its_invoice_only(office: Office, counter: Counter) -> None:
    dispute = counter.file()
    resources, now = office.house.resources, office.house.clock.now()
    found = tokens.read(resources.keys, token(mail(office)["ap"]))
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        shown = access.preview_link(session, found, policy=policy, now=now)
        opened = access.open_link(session, found, secret=None, now=now, session_hours=1)
        assert shown is not None
        assert (shown.dispute, shown.document) == ("D-00001", "1001")
        assert opened is not None
        assert (opened.charge, opened.dispute) == (office.first.public_id, dispute.public_id)
        reach = access.find_access(session, opened.secret, opened.account, now=now)
        assert reach is not None
        assert reach.charge_ids == frozenset({office.first.id})


def test_a_fresh_link_leads_to_the_dispute_again(office: Office, counter: Counter) -> None:
    dispute = counter.file()
    resources = office.house.resources
    found = tokens.read(resources.keys, token(mail(office)["ap"]))
    office.house.clock.move(days=400)
    with resources.writing() as session:
        fresh_links.send_fresh_link(session, found, visitor="203.0.113.7", now=office.house.clock.now())
    letter = mail(office)["ap"]
    assert "View dispute D-00001:" in letter.text
    fresh = tokens.read(resources.keys, token(letter))
    assert fresh is not None
    assert found is not None
    assert fresh.public_id != found.public_id
    with resources.reading() as session:
        view = links.by_public_id(session, fresh.public_id)
    assert view is not None
    assert (view.link.charge_id, view.dispute_public_id) == (office.first.id, dispute.public_id)


def test_the_digest_lists_what_waits_and_says_when_nothing_does(office: Office, counter: Counter) -> None:
    counter.decide_policy(dispute_notice="daily")
    dispute = counter.file()
    assert list(mail(office)) == ["ap"]
    office.house.clock.move(days=3)
    letter = office.tell_seller("seller_claims")
    assert letter.subject == "1 dispute waits for you"
    assert "D-00001, Northwind Traders: $217.39, 3 days old, answer by March 9, 2026" in letter.text
    counter.decide(dispute)
    office.house.clock.move(minutes=1)
    mail(office)
    assert "No dispute waits for you" in office.tell_seller("seller_claims").text


def test_late_fees_that_fall_away_are_named(office: Office, counter: Counter) -> None:
    counter.decide_policy(late_fee_kind="flat", late_fee_flat_cents="1500")
    office.house.clock.move(days=60)
    now = office.house.clock.now()
    with office.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        late_fees.assess(session, office.account, office.first.id, policy=policy, now=now)
    counter.decide(counter.file(figure=""))
    letter = mail(office)["ap"]
    assert "Late fees of $15.00 fall away." in letter.text
    assert "There is nothing to pay on invoice 1001 now." in letter.text


def test_what_others_wrote_stays_words(office: Office, counter: Counter) -> None:
    canary = "<script>1</script>\r\nBcc: all@evil.example\r\n{{ 7*7 }} %(number)s & co"
    with office.house.resources.writing() as session:
        session.execute(update(accounts_table).values(name=canary))
    dispute = counter.file(words=canary)
    office.post()
    counter.ask(dispute, canary)
    office.post()
    counter.offer(dispute, Offered("credit", cents=10_000, words=canary))
    office.post()
    counter.decide(dispute, 0, canary)
    office.post()
    assert len(office.sent) == 5
    for letter in office.sent:
        assert "\n" not in letter.subject
        assert "\r" not in letter.subject
        assert "<script" not in letter.html
        assert "&lt;script&gt;" in letter.html
        assert "<script>1</script>" in letter.text
        assert "{{ 7*7 }} %(number)s & co" in letter.text
