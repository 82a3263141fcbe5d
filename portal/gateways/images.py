"""What a file is, by its first bytes, and pictures drawn anew: nothing of what was sent survives but what is seen.

Drawing is done by a child process (`image_worker`) that has few seconds, little memory and none of our secrets: what
a hostile picture does to it, it does to nobody else. PDFs are never opened at all.
"""

import json
import subprocess
import sys
import threading
from os import pathsep
from pathlib import Path
from typing import Any, NamedTuple

import filetype
import structlog
from filetype.types import archive, image

from portal.rules.attachments import MOST_PIXELS
from portal.rules.refusals import Refusal

_KINDS = (archive.Pdf(), image.Jpeg(), image.Png(), image.Webp(), image.Heic(), image.Avif())
_WORKER = "portal.gateways.image_worker"
_WALL_SECONDS = 40
# Each may need most of a gigabyte, and a processor of its own.
_AT_ONCE = 2
# Whoever waits holds one of the threads that serve pages.
_MOST_WAITING = 8
_PATIENCE_SECONDS = 30

log = structlog.get_logger()
_places = threading.BoundedSemaphore(_AT_ONCE)
_queue = threading.BoundedSemaphore(_AT_ONCE + _MOST_WAITING)


class Picture(NamedTuple):
    """A picture drawn anew, and a small JPEG of it."""

    media_type: str
    body: bytes
    thumbnail: bytes


def media_type(data: bytes) -> str | None:
    """What the first bytes say, of what may be sent and of what phones send instead; None for everything else."""
    found = filetype.match(data, _KINDS)
    return str(found.mime) if found else None


def draw_anew(data: bytes, kind: str) -> Picture:
    """The picture upright, in sRGB, without anything that was hidden in it: a PNG as a PNG where that is small enough,
    all else as a JPEG. `kind` is its media type. About 0.3 seconds, and up to 3 for 25 megapixels.

    Raises Refusal for what is no picture, has more than MOST_PIXELS, or needs more than the child has.
    """
    drawn = _in_turn(data, kind)
    head, _, rest = drawn.partition(b"\n")
    said: dict[str, Any] = json.loads(head) if head else {"wrong": "broken"}
    if said.get("wrong") == "pixels":
        raise Refusal(
            "This picture has more than %(most)s million pixels. Send a smaller copy of it.",
            field="files",
            most=MOST_PIXELS // 1_000_000,
        )
    length = said.get("length", 0)
    if "wrong" in said or len(rest) <= length:
        raise Refusal(
            "This picture cannot be read: it is damaged, or not what its name says. Open it, save a copy as a JPEG, "
            "and send that.",
            field="files",
        )
    return Picture(said["media_type"], rest[:length], rest[length:])


def _in_turn(data: bytes, kind: str) -> bytes:
    if _queue.acquire(blocking=False):
        try:
            if _places.acquire(timeout=_PATIENCE_SECONDS):
                try:
                    return _ask(data, kind)
                finally:
                    _places.release()
        finally:
            _queue.release()
    raise Refusal("Many pictures are being sent at the moment. Please try again in a minute.", status=503)


def _ask(data: bytes, kind: str) -> bytes:
    """What the child answers; nothing where it died or took too long."""
    try:
        answered = subprocess.run(  # noqa: S603 - our own Python and a module of ours
            [sys.executable, "-m", _WORKER, kind],
            input=data,
            capture_output=True,
            timeout=_WALL_SECONDS,
            cwd=Path(__file__).parents[2],
            env={"PYTHONPATH": pathsep.join(filter(None, sys.path))},
            # Ctrl-C is for the parent.
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("picture.slow", bytes=len(data))
        return b""
    if answered.returncode != 0:
        last = answered.stderr.decode(errors="replace").strip().splitlines()[-1:]
        log.info("picture.refused", exit=answered.returncode, why="".join(last)[:200])
        return b""
    return answered.stdout
