"""Filing disputes: what is held still from then on, what is refused, and goodwill that is given at once."""

from datetime import date

import pytest
from sqlalchemy import update

from portal.actions import disputes, policies, statements
from portal.actions.dispute_decisions import Offered
from portal.actions.disputes import ClaimsRefused, Complaint, Wrong
from portal.records import charges, dispute_talk, ledger
from portal.records import disputes as records
from portal.records.tables import accounts as accounts_table
from portal.rules.refusals import Conflict, NotFound, Refusal
from portal.rules.reversal_movements import other_charge
from tests.support.books import add_customer, add_invoice
from tests.support.disputing import Complaints
from tests.support.house import House


def held(complaints: Complaints) -> int:
    return complaints.invoice().item.parts.disputed_cents


def test_what_is_filed_is_kept_in_quantity_and_amount(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file(Wrong(1, "short", "7.5"), Wrong(2, "tax", ""))
    with complaints.house.resources.reading() as session:
        first, second = records.lines(session, dispute.id)
        (move,) = records.moves(session, dispute.id)
    assert (first.claimed, first.disputed_quantity, first.disputed_net_cents) == ("7.5", "2.5", 18_000)
    assert (second.disputed_net_cents, second.disputed_tax_cents) == (0, 1_600)
    assert (dispute.number, dispute.state, dispute.filed_on) == ("D-00001", "new", date(2026, 3, 5))
    # A Thursday, and five business days after it.
    assert dispute.reply_by == date(2026, 3, 12)
    assert (move.disputed_net_cents, move.disputed_tax_cents) == (18_000, 3_200)
    assert held(complaints) == 21_200


def test_every_line_that_is_wrong_about_itself_is_named(complaints: Complaints) -> None:
    with pytest.raises(ClaimsRefused) as caught:
        complaints.file(Wrong(1, "short", "11"), Wrong(2, "", ""))
    assert [(position, refusal.field) for position, refusal in caught.value.refusals] == [(1, "figure"), (2, "reason")]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ((), Refusal),
        ((Wrong(2, "short", "1"), Wrong(2, "damaged", "1")), Refusal),
        ((Wrong(3, "short", "1"),), NotFound),
        ((Wrong(0, "other", ""),), NotFound),
        ((Wrong(-1, "other", ""),), NotFound),
    ],
)
def test_lines_that_are_not_there_or_twice_are_refused(
    complaints: Complaints, wrong: tuple[Wrong, ...], expected: type[Refusal]
) -> None:
    complaint = Complaint(complaints.charge_id, wrong, "Wrong.")
    with pytest.raises(expected):
        disputes.file(
            complaints.house.resources, complaints.filer, complaint, decimal_mark=".", now=complaints.house.clock.now()
        )


def test_an_invoice_of_somebody_else_is_not_there(complaints: Complaints, checked_house: House) -> None:
    other = Complaints(checked_house, name="Harbor Cafe")
    dispute = other.file()
    with pytest.raises(NotFound):
        disputes.file(
            checked_house.resources, complaints.filer, Complaint(other.charge_id, (Wrong(1, "other", ""),), ""),
            decimal_mark=".", now=checked_house.clock.now(),
        )  # fmt: skip
    for act in (complaints.withdraw, complaints.reopen, lambda each: complaints.answer(each, "Mine.")):
        with pytest.raises(NotFound):
            act(dispute)
    offer_id = other.offer(dispute, Offered("percentage", percent_bp=1_000))
    mine = complaints.file()
    complaints.offer(mine, Offered("percentage", percent_bp=1_000))
    for stolen in (complaints.agree, complaints.decline):
        with pytest.raises(NotFound):
            stolen(mine, offer_id)


def test_only_invoices_are_disputed_and_only_for_so_long(complaints: Complaints) -> None:
    complaints.decide_policy(dispute_days="10")
    complaints.on(3, 12)
    with pytest.raises(Refusal, match="10 days"):
        complaints.file()
    assert complaints.on(3, 11).file().state == "new"
    with complaints.house.resources.writing() as session:
        complaints.charge_id = charges.add_other(
            session, account_id=complaints.account.id, kind="returned_fee", number="RF-1", amount_cents=100, memo="",
            on=date(2026, 3, 11), now=complaints.house.clock.now(),
        )  # fmt: skip
        posted = other_charge(complaints.charge_id, "returned_fee", amount_cents=100, on=date(2026, 3, 11))
        ledger.post(
            session, posted, account_id=complaints.account.id, currency="usd", posted_at=complaints.house.clock.now()
        )
    with pytest.raises(Refusal, match="Only invoices"):
        complaints.file(Wrong(0, "other", ""))


def test_words_without_measure_are_refused_and_what_no_one_sees_is_left_out(complaints: Complaints) -> None:
    with pytest.raises(Refusal) as caught:
        complaints.file(words="x" * 4_001)
    assert caught.value.field == "words"
    dispute = complaints.file(words=" a\x00b\u202ec\r\nd\ud800 ")
    with complaints.house.resources.reading() as session:
        (message,) = dispute_talk.messages(session, dispute.id, with_private=False)
    assert message.body == "abc\nd"


def test_six_files_are_one_too_many(complaints: Complaints) -> None:
    complaint = Complaint(complaints.charge_id, (Wrong(2, "other", ""),), "", tuple("abcdef"))
    with pytest.raises(Refusal, match="no more than 5 files"):
        disputes.file(
            complaints.house.resources, complaints.filer, complaint, decimal_mark=".", now=complaints.house.clock.now()
        )


def test_the_same_complaint_sent_twice_is_one(complaints: Complaints) -> None:
    assert complaints.file() == complaints.file()
    with pytest.raises(ClaimsRefused):
        complaints.file(Wrong(2, "damaged", "1"))


def test_another_figure_a_moment_later_is_another_complaint(complaints: Complaints) -> None:
    first = complaints.file(Wrong(2, "short", "8"))
    assert complaints.file(Wrong(2, "short", "8.0")) == first
    assert complaints.file(Wrong(2, "short", "7")) != first
    assert held(complaints) == 4_320 + 6_480


def test_no_line_is_disputed_twice_but_its_rest_is(complaints: Complaints) -> None:
    complaints.file(Wrong(2, "short", "6"))
    rest = complaints.file(Wrong(2, "damaged", ""))
    with complaints.house.resources.reading() as session:
        (line,) = records.lines(session, rest.id)
    assert (line.disputed_quantity, line.disputed_net_cents, line.disputed_tax_cents) == ("6", 12_000, 960)
    assert held(complaints) == 21_600


def test_what_was_rejected_or_withdrawn_can_be_disputed_again(complaints: Complaints) -> None:
    complaints.withdraw(complaints.file())
    dispute = complaints.file(Wrong(2, "damaged", ""))
    complaints.decide(dispute, 5_000)
    more = complaints.file(Wrong(2, "duplicate", ""))
    with complaints.house.resources.reading() as session:
        (line,) = records.lines(session, more.id)
    assert (line.disputed_net_cents, line.disputed_tax_cents) == (15_000, 1_200)


def test_what_is_disputed_anew_is_not_opened_again_beside_that(complaints: Complaints) -> None:
    first = complaints.file()
    complaints.decide(first, 10_000)
    second = complaints.file(Wrong(2, "damaged", ""))
    with pytest.raises(Conflict, match="Another dispute"):
        complaints.reopen(first)
    complaints.withdraw(second)
    complaints.reopen(first)
    assert held(complaints) == 10_800


def test_an_invoice_without_lines_is_disputed_as_a_whole(checked_house: House) -> None:
    complaints = Complaints(checked_house)
    with checked_house.resources.writing() as session:
        invoice = add_invoice(
            session, complaints.account, "X-1", issued_on=date(2026, 3, 1), net_cents=92_000, tax_cents=8_000,
            lines=[], now=checked_house.clock.now(),
        )  # fmt: skip
    complaints.charge_id = invoice.id
    dispute = complaints.file(Wrong(0, "other", "100"))
    assert held(complaints) == 10_870
    complaints.decide(dispute)
    assert complaints.memos() == [(10_870, 870)]


def test_goodwill_is_given_at_once_within_its_budget(complaints: Complaints) -> None:
    complaints.decide_policy(goodwill_dispute_cents="2200", goodwill_year_cents="4400", goodwill_month_cents="9999")
    first = complaints.on(3, 5).file(Wrong(2, "short", "9"))
    second = complaints.file(Wrong(2, "damaged", "1"))
    third = complaints.file(Wrong(2, "wrong_item", "1"))
    assert [each.state for each in (first, second, third)] == ["accepted", "accepted", "new"]
    assert [each.is_goodwill for each in (first, second, third)] == [True, True, False]
    assert complaints.memos() == [(2_160, 160), (2_160, 160)]
    assert complaints.states(first) == ["new", "accepted"]


@pytest.mark.parametrize("wrong", [Wrong(2, "other", "1"), Wrong(2, "wrong_price", "19.99"), Wrong(2, "short", "8.9")])
def test_goodwill_is_not_for_what_somebody_must_look_into_nor_for_more(complaints: Complaints, wrong: Wrong) -> None:
    complaints.decide_policy(goodwill_dispute_cents="2200", goodwill_year_cents="9999", goodwill_month_cents="9999")
    assert complaints.file(wrong).state == "new"


def test_goodwill_is_money_of_the_sellers_own_currency(complaints: Complaints) -> None:
    complaints.decide_policy(goodwill_dispute_cents="2200", goodwill_year_cents="9999", goodwill_month_cents="9999")
    with complaints.house.resources.writing() as session:
        policies.set_policy(
            session, "currency", "eur", effective_on=date(2026, 1, 1), now=complaints.house.clock.now(), actor="test"
        )
    assert complaints.file(Wrong(2, "short", "9")).state == "new"


def test_a_month_and_a_year_have_budgets_of_their_own(complaints: Complaints) -> None:
    complaints.decide_policy(goodwill_dispute_cents="2200", goodwill_year_cents="6600", goodwill_month_cents="2200")
    found = []
    for month, reason in ((3, "short"), (3, "damaged"), (4, "wrong_item"), (5, "not_received")):
        figure = "9" if reason in ("short", "not_received") else "1"
        found.append(complaints.on(month, 5).file(Wrong(2, reason, figure)).is_goodwill)
    # The second is one too many for March; it is still open, and counts against no budget.
    assert found == [True, False, True, True]


@pytest.mark.parametrize(("currency", "figure", "net"), [("jpy", "1000", 1_000), ("kwd", "1.000", 1_000)])
def test_currencies_without_decimals_or_with_three(checked_house: House, currency: str, figure: str, net: int) -> None:
    complaints = Complaints(checked_house)
    with checked_house.resources.writing() as session:
        account = add_customer(session, checked_house.clock.now(), name="Kobe", email="")
        session.execute(update(accounts_table).where(accounts_table.c.id == account.id).values(currency=currency))
        account = account._replace(currency=currency)
        invoice = add_invoice(
            session,
            account,
            "K-1",
            issued_on=date(2026, 3, 1),
            net_cents=12_000,
            tax_cents=1_200,
            now=checked_house.clock.now(),
        )
    complaints.account, complaints.charge_id = account, invoice.id
    complaints.filer = type(complaints.filer)(account.id, complaints.filer.session_id, None)
    dispute = complaints.file(Wrong(1, "other", figure))
    assert held(complaints) == net + net // 10
    complaints.decide(dispute)
    assert complaints.memos() == [(net + net // 10, net // 10)]
    assert complaints.invoice().item.parts.open_cents == 13_200 - net - net // 10


def test_a_past_day_shows_what_was_disputed_then(complaints: Complaints) -> None:
    dispute = complaints.on(3, 5).file()
    complaints.on(3, 20).decide(dispute, 10_000)
    complaints.on(3, 22).reopen(dispute)
    complaints.on(3, 30).decide(dispute, 15_000)
    found = {}
    with complaints.house.resources.reading() as session:
        policy = policies.load(session, now=complaints.house.clock.now())
        for day in (4, 5, 19, 20, 21, 22, 29, 30):
            standing = statements.load(session, complaints.account, on=date(2026, 3, day), policy=policy)
            parts = standing.statement.rows[0].item.parts
            found[day] = (parts.open_cents, parts.disputed_cents)
    assert found == {
        4: (100_000, 0),
        5: (100_000, 21_600),
        19: (100_000, 21_600),
        20: (89_200, 0),
        21: (89_200, 0),
        22: (89_200, 10_800),
        29: (89_200, 10_800),
        30: (83_800, 0),
    }


def test_the_same_day_counts_its_last_move(complaints: Complaints) -> None:
    complaints.on(3, 5)
    complaints.withdraw(complaints.file())
    assert held(complaints) == 0
    complaints.house.clock.move(minutes=1)
    complaints.file()
    assert held(complaints) == 21_600


def test_goodwill_does_not_undo_what_somebody_has_decided(complaints: Complaints) -> None:
    complaints.decide(complaints.on(3, 5).file(Wrong(2, "short", "9")), 0)
    complaints.decide_policy(goodwill_dispute_cents="9999", goodwill_year_cents="9999", goodwill_month_cents="9999")
    assert not complaints.on(3, 6).file(Wrong(2, "short", "9")).is_goodwill
    assert complaints.file(Wrong(1, "short", "9")).is_goodwill
