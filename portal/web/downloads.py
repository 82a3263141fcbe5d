"""The one way in which attached files go out: to be saved, never to be run.

What a customer sent must not become a page of our origin: it has a type of ours, may do nothing (`sandbox`), and is
saved instead of shown. Only pictures that we have drawn ourselves are shown.
"""

import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import Response

from portal.actions import attachments
from portal.records.attachments import AttachmentRow
from portal.resources import Resources
from portal.rules.attachments import JPEG
from portal.rules.refusals import NotFound

_HEADERS: Mapping[str, str] = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    # It goes out whole: no range of it is worth the trouble (CVE-2025-62727).
    "accept-ranges": "none",
}


def attachment(resources: Resources, row: AttachmentRow) -> Response:
    """The file, to be saved under its name; whether the visitor may see it was asked before.

    Raises Refusal where it is not to be had.
    """
    data = attachments.read(resources, row)
    return _answer(data, row.media_type, disposition("attachment", row.name))


def thumbnail(resources: Resources, row: AttachmentRow) -> Response:
    """The small picture of a picture, for an `<img>` of our own pages; NotFound for what has none."""
    data = attachments.read(resources, row, thumbnail=True)
    return _answer(data, JPEG, "inline")


def picture(resources: Resources, row: AttachmentRow) -> Response:
    """The whole picture, which is one that we have drawn ourselves, to be looked at; NotFound for what is none."""
    if row.thumbnail_name is None:
        raise NotFound("There is no picture of this file. Download the file itself.")
    return _answer(attachments.read(resources, row), row.media_type, "inline")


def disposition(kind: str, name: str) -> str:
    """`Content-Disposition` of RFC 6266: the name in ASCII, and as it is where that is something else."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(letter if letter.isprintable() and letter not in '"\\%' else "_" for letter in plain)
    return f"{kind}; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"


def _answer(data: bytes, media_type: str, how: str) -> Response:
    return Response(data, media_type=media_type, headers={**_HEADERS, "content-disposition": how})
