"""What saved cards and bank accounts are called."""

import pytest

from portal.rules.methods import shown


@pytest.mark.parametrize(
    ("name", "last4", "expected"),
    [
        ("visa", "4242", "Visa •••• 4242"),
        ("amex", "0005", "American Express •••• 0005"),
        ("First Harbor Bank", "6789", "First Harbor Bank •••• 6789"),
        ("Bank account", "", "Bank account"),
    ],
)
def test_shown(name: str, last4: str, expected: str) -> None:
    assert shown(name, last4) == expected
