"""When a pay link opens."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.rules.links import LinkFacts, link_state, mask_email

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LIVE = LinkFacts(
    token_version=2, version=2, expires_at=NOW + timedelta(seconds=1), revoked_at=None, contact_removed_at=None
)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (LIVE, "live"),
        (replace(LIVE, expires_at=NOW), "expired"),
        (replace(LIVE, token_version=1), "gone"),
        (replace(LIVE, token_version=3), "gone"),
        (replace(LIVE, revoked_at=NOW), "gone"),
        (replace(LIVE, contact_removed_at=NOW), "gone"),
        (replace(LIVE, revoked_at=NOW, expires_at=NOW), "gone"),
    ],
)
def test_a_link_is_live_expired_or_gone(facts: LinkFacts, state: str) -> None:
    assert link_state(facts, now=NOW) == state


@pytest.mark.parametrize(
    ("email", "masked"), [("anna@example.com", "a•••@example.com"), ("a@x.org", "a•••@x.org"), ("@x.org", "•••@x.org")]
)
def test_an_address_is_masked(email: str, masked: str) -> None:
    assert mask_email(email) == masked
