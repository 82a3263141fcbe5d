"""What each of the staff may do: a role may do whatever the roles below it may."""

from typing import Literal, get_args

Role = Literal["read_only", "collector", "owner"]

# From the least to the most.
ROLES: tuple[Role, ...] = get_args(Role)


def allows(role: Role, needed: Role) -> bool:
    """Whether somebody with `role` may do what asks for `needed`."""
    return ROLES.index(role) >= ROLES.index(needed)
