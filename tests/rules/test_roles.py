"""What each role may do."""

from portal.rules.roles import ROLES, allows


def test_a_role_may_what_the_roles_below_it_may() -> None:
    table = {(role, needed): allows(role, needed) for role in ROLES for needed in ROLES}
    assert {pair for pair, allowed in table.items() if not allowed} == {
        ("read_only", "collector"),
        ("read_only", "owner"),
        ("collector", "owner"),
    }
