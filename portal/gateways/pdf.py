"""HTML becomes a PDF in a child process of its own, one document at a time.

WeasyPrint is slow and built on native code: in a child it cannot stall pages or run away with memory, nor
take the server down with it. The child starts with the first PDF (importing WeasyPrint costs far more than
starting Python does), stays warm, and ends when its standard input does, however the parent ended.
"""

import atexit
import gc
import json
import logging
import math
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

# Accessible: its structure can be read aloud (ISO 14289-1).
_VARIANT = "pdf/ua-1"

# Where relative and /static/ addresses of a document point; .invalid is never anybody's (RFC 2606).
_BASE = "https://assets.invalid/static/-/"
_ASSET = re.compile(r"https://assets\.invalid/static/[^/]+/(.+)")
_PROCESSOR_SECONDS = 60
_WALL_SECONDS = 120
_MEMORY_BYTES = 1024**3
# Whoever waits holds one of the threads that serve pages.
_MOST_WAITING = 8


class PdfFailed(Exception):
    """The document could not be drawn within the limits of time and memory, or not at all; or too many are waiting."""


def render_pdf(html: str, *, assets: Path) -> bytes:
    """The PDF of `html`, which may use files below `assets` (as `css/x.css` or `/static/<hash>/css/x.css`)
    and nothing else: any other address is left out. The same input gives the same bytes.

    About 115 ms and 17 ms for each row of a table, so how many rows are too many is the caller's to say.
    Raises PdfFailed. The document needs a language and a title to be valid PDF/UA.
    """
    return _drawer.draw(html, assets)


def render_here(html: str, *, assets: Path) -> bytes:
    """As `render_pdf`, in this process and without its limits."""
    import weasyprint

    with _garbage_kept():
        document = weasyprint.HTML(string=html, base_url=_BASE, url_fetcher=_fetcher(assets))
        drawn = document.write_pdf(pdf_variant=_VARIANT, cache={}, font_config=_fonts())
    assert isinstance(drawn, bytes)
    return drawn


class _Drawer:
    """The child and the lock around it. A child that fails in any way is replaced with the next document."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places = threading.Semaphore(_MOST_WAITING)
        self._child: subprocess.Popen[bytes] | None = None
        # WeasyPrint unpacks fonts into temporary files; a child that is killed would leave them behind.
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def draw(self, html: str, assets: Path) -> bytes:
        body = html.encode()
        order = {"assets": str(assets.resolve()), "length": len(body)}
        if not self._places.acquire(blocking=False):
            raise PdfFailed("Too many PDFs are waiting to be drawn.")
        try:
            with self._lock:
                return self._drawn(json.dumps(order).encode() + b"\n" + body)
        finally:
            self._places.release()

    def close(self) -> None:
        with self._lock:
            self._end()

    def _drawn(self, order: bytes) -> bytes:
        child = self._running()
        watch = threading.Timer(_WALL_SECONDS, child.kill)
        watch.start()
        try:
            return _ask(child, order)
        except (OSError, ValueError) as error:
            # A child that lost its place must never answer again: it would hand out somebody else's document.
            self._end()
            raise PdfFailed("The PDF could not be drawn, or took too much time or memory.") from error
        finally:
            watch.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._folder = tempfile.TemporaryDirectory(prefix="portal-pdf-")
            # Subset fonts carry the time of their making otherwise.
            variables = ["SOURCE_DATE_EPOCH=0", f"TMPDIR={self._folder.name}"]
            self._child = subprocess.Popen(  # noqa: S603 - our own Python and this very module
                ["/usr/bin/env", *variables, sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=Path(__file__).parents[2],
                # Ctrl-C is for the parent.
                start_new_session=True,
            )
        return self._child

    def _end(self) -> None:
        if (child := self._child) is not None:
            self._child = None
            child.kill()
            # What it did not take of its order is still to be written, and has nowhere to go.
            with suppress(BrokenPipeError), child:
                pass
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


_drawer = _Drawer()
atexit.register(_drawer.close)


def _ask(child: subprocess.Popen[bytes], order: bytes) -> bytes:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(order)
    child.stdin.flush()
    answer = child.stdout.readline()
    if not answer:
        raise OSError("the child has ended")
    return _exactly(child.stdout, int(answer))


def _exactly(stream: IO[bytes], length: int) -> bytes:
    body = stream.read(length)
    if len(body) < length:
        raise OSError("the other end has gone")
    return body


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Collecting while very many small boxes are being made costs a third of the time for nothing."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@cache
def _fonts() -> Any:
    """The fonts of every document of this process: unpacking them for each one would cost a third of its time."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@cache
def _fetcher(assets: Path) -> Any:
    """WeasyPrint's own would follow redirects and embed local files: this one opens nothing but `assets`."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    root = assets.resolve()

    class PackagedAssets(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            path = _packaged(url, root)
            kind = guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    return PackagedAssets()


def _packaged(url: str, root: Path) -> Path:
    parts = urlsplit(url)
    found = _ASSET.fullmatch(f"{parts.scheme}://{parts.netloc}{parts.path}")
    path = (root / unquote(found[1])).resolve() if found else root
    if not path.is_file() or not path.is_relative_to(root):
        # A ValueError, which WeasyPrint notes and passes over; its own fatal error is no Exception.
        raise ValueError("Only packaged assets may be part of a document.")
    return path


def _serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    """The child: draw what is ordered until nothing more can come."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    while line := orders.readline():
        order = json.loads(line)
        html = _exactly(orders, order["length"]).decode()
        _allow_seconds(_PROCESSOR_SECONDS)
        # Whatever goes wrong ends the child with its traceback, and the parent starts another.
        drawn = render_here(html, assets=Path(order["assets"]))
        answers.write(f"{len(drawn)}\n".encode() + drawn)
        answers.flush()


def _allow_seconds(seconds: int) -> None:
    """Of processor time from now on; the system ends the child that uses more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


if __name__ == "__main__":
    # Nothing but answers goes to the parent: what a library prints goes where errors go.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _serve(sys.stdin.buffer, answers)
