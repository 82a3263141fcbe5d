"""The page to read the mail: a list, newest first, and beside it one letter as HTML, as text or as its source.

A letter's HTML is shown in a frame without scripts or an origin; its links open in a new tab.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from e2e.mailbox import phone as phones
from e2e.mailbox.letters import ReceivedLetter
from e2e.mailbox.phone import Phone
from e2e.mailbox.templating import ENVIRONMENT, template

Letters = Callable[[], tuple[ReceivedLetter, ...]]

_FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def mailbox_app(letters: Letters, phone: Callable[[], Phone | None]) -> Starlette:
    """`letters()` answers all of them, newest first; `phone()` the owner's, where there is one."""
    return Starlette(
        routes=[
            Route("/", partial(_show, letters, None)),
            Route("/phone", lambda request: phones.show(phone(), request)),
            Route("/letters.json", partial(_as_json, letters)),
            Route("/letters/{number:int}", partial(_show, letters, "html")),
            Route("/letters/{number:int}/text", partial(_show, letters, "text")),
            Route("/letters/{number:int}/source", partial(_source, letters)),
            Route("/letters/{number:int}/frame", partial(_frame, letters)),
            Route("/letters/{number:int}/attachments/{index:int}", partial(_attachment, letters)),
        ]
    )


def _show(letters: Letters, view: str | None, request: Request) -> Response:
    every = letters()
    chosen = _chosen(every, request) if view else None
    if chosen and not chosen.html:
        view = "text"
    page = template("mailbox.html").render(letters=every, chosen=chosen, view=view)
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def _frame(letters: Letters, request: Request) -> Response:
    html = _chosen(letters(), request).html
    # Links leave the frame; the portal refuses to be framed, rightly.
    base = '<base target="_blank">'
    framed = _HEAD.sub(lambda head: head[0] + base, html, count=1) if _HEAD.search(html) else base + html
    return HTMLResponse(framed, headers={"Content-Security-Policy": _FRAME_POLICY, "Cache-Control": "no-store"})


def _source(letters: Letters, request: Request) -> Response:
    raw = _chosen(letters(), request).raw
    return PlainTextResponse(raw.decode(errors="replace"), headers={"X-Content-Type-Options": "nosniff"})


def _attachment(letters: Letters, request: Request) -> Response:
    attachments = _chosen(letters(), request).attachments
    index = request.path_params["index"]
    if index >= len(attachments):
        raise HTTPException(404)
    found = attachments[index]
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file_name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(found.data, media_type=found.media_type, headers=headers)


def _as_json(letters: Letters, request: Request) -> Response:
    return JSONResponse([_summary(letter) for letter in letters()])


def _summary(letter: ReceivedLetter) -> dict[str, Any]:
    return {
        "number": letter.number,
        "from": letter.header("From"),
        "to": letter.header("To"),
        "recipients": list(letter.recipients),
        "subject": letter.subject,
        "date": letter.sent_at.isoformat() if letter.sent_at else None,
        "message_id": letter.message_id,
        "text": letter.text,
        "links": list(letter.links),
        "attachments": [
            {"file_name": each.file_name, "media_type": each.media_type, "size": len(each.data)}
            for each in letter.attachments
        ],
    }


def _chosen(every: tuple[ReceivedLetter, ...], request: Request) -> ReceivedLetter:
    number = request.path_params["number"]
    for letter in every:
        if letter.number == number:
            return letter
    raise HTTPException(404)


def _with_links(text: str) -> Markup:
    """Plain text with its addresses made into links."""
    parts, at = [Markup()], 0
    for found in _ADDRESS.finditer(text):
        address = escape(found[0])
        parts += [escape(text[at : found.start()]), Markup(f'<a href="{address}" target="_blank">{address}</a>')]
        at = found.end()
    return Markup().join([*parts, escape(text[at:])])


def _size(data: bytes) -> str:
    return f"{len(data)} bytes" if len(data) < 1_000 else f"{len(data) // 1_000} kB"


ENVIRONMENT.filters |= {"with_links": _with_links, "size": _size}
