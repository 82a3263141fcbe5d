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
