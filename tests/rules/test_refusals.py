"""A refusal carries its sentence, its field and its status."""

import pytest

from portal.rules.refusals import Conflict, NotFound, Refusal


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Refusal("Choose at least one invoice."), 422),
        (Refusal("Too many requests. Try again in an hour.", status=429), 429),
        (NotFound("There is no such page."), 404),
        (Conflict("This invoice was just paid."), 409),
    ],
)
def test_status(refusal: Refusal, status: int) -> None:
    assert refusal.status == status
    assert str(refusal) == refusal.sentence
    assert refusal.field is None


def test_values_fill_the_sentence_and_the_message_stays_to_be_translated() -> None:
    refusal = Refusal("“%(text)s” is not in %(currency)s.", field="amount", text="5%s", currency="USD")
    assert refusal.message == "“%(text)s” is not in %(currency)s."
    assert refusal.values == {"text": "5%s", "currency": "USD"}
    assert str(refusal) == refusal.sentence == "“5%s” is not in USD."


@pytest.mark.parametrize("sentence", ["5% is too much.", "“%(x)s” is nothing.", "100%"])
def test_a_sentence_without_values_stays_as_it_is(sentence: str) -> None:
    assert Refusal(sentence).sentence == sentence
