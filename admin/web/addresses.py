"""Where to go on after logging in or confirming: a page of the admin's own, told by its shape."""

import re
from urllib.parse import quote

HOME = "/admin"
LOG_IN = "/admin/log-in"
CONFIRM = "/admin/confirm"

# Nothing in it may lead elsewhere: no second slash, no backslash, no dots alone, no encoded bytes in the path.
_OWN = re.compile(r"/admin(/(?!\.+(/|\?|$))[A-Za-z0-9_.~-]+)*(\?[A-Za-z0-9_.~=&%+-]*)?")
_LONGEST = 1000


def own_address(wanted: str) -> str:
    """`wanted` where it is an address of the admin, else the admin's first page."""
    return wanted if len(wanted) <= _LONGEST and _OWN.fullmatch(wanted) else HOME


def with_next(page: str, wanted: str) -> str:
    """The address of the page with where to go on afterwards."""
    return f"{page}?next={quote(own_address(wanted), safe='/')}"
