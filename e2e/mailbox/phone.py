"""The owner's phone: a page that shows the code of their authenticator app, by the clock of the house."""

from collections.abc import Callable
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from e2e.mailbox.templating import template


class Display(NamedTuple):
    """What the phone shows: whose account, its code now, and for how many more seconds."""

    email: str
    code: str
    seconds_left: int


Phone = Callable[[], Display]


def show(phone: Phone | None, request: Request) -> Response:
    """The page; where nobody has a phone there is none."""
    if phone is None:
        raise HTTPException(404)
    page = template("phone.html").render(shown=phone())
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})
