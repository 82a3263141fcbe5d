"""Hostile pictures: none costs more than its child, which has little of anything."""

import struct
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from portal.gateways import images
from portal.gateways.images import Picture, draw_anew
from portal.rules.attachments import JPEG, PNG
from portal.rules.refusals import Refusal
from tests.support.pictures import SECRET, bomb, chunk, flag, opened, saved, zipped


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: saved(flag()) + zipped(), JPEG),
        (lambda: saved(flag(), "PNG") + SECRET, PNG),
        (lambda: saved(flag(), comment=SECRET), JPEG),
        (lambda: saved(flag(), "PNG")[:-12] + chunk(b"juNk", SECRET) + chunk(b"IEND", b""), PNG),
        (lambda: saved(flag(), "WEBP", xmp=SECRET), "image/webp"),
    ],
    ids=["JPEG and ZIP", "PNG and HTML behind it", "JPEG with HTML in it", "PNG with a chunk", "WebP with XMP"],
)
def test_a_file_that_is_two_things_becomes_one(make: Callable[[], bytes], kind: str) -> None:
    data = make()
    assert SECRET in data
    found = draw_anew(data, kind)
    assert SECRET not in found.body + found.thumbnail
    assert b"PK\x03\x04" not in found.body + found.thumbnail


@pytest.mark.parametrize(
    ("mode", "save_as", "kind"),
    [
        ("RGBA", "PNG", PNG),
        ("P", "PNG", PNG),
        ("CMYK", "JPEG", JPEG),
        ("RGBA", "WEBP", "image/webp"),
        ("I;16", "PNG", PNG),
    ],
)
def test_the_largest_picture_fits_into_the_memory_of_the_child(mode: str, save_as: str, kind: str) -> None:
    assert draw_anew(saved(Image.new(mode, (5_000, 5_000)), save_as), kind).thumbnail


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (5_001, 5_000)])
def test_too_many_pixels_are_refused_before_they_are_read(width: int, height: int) -> None:
    data = bomb(width, height)
    assert len(data) < 1_000_000
    with pytest.raises(Refusal, match="more than 25 million pixels"):
        draw_anew(data, PNG)


def test_a_header_that_lies_about_the_pixels() -> None:
    head = struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 16, 6, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"x")) + chunk(b"IEND", b"")
    with pytest.raises(Refusal, match="pixels"):
        draw_anew(data, PNG)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (saved(Image.effect_noise((400, 400), 90))[:20_000], JPEG),
        (saved(flag(), "PNG")[:-30], PNG),
        (saved(flag(), "PNG")[:33], PNG),
        (b"\xff\xd8\xff" + SECRET, JPEG),
        (b"\x89PNG\r\n\x1a\n" + SECRET, PNG),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 " + SECRET, "image/webp"),
        # Another reader of Pillow's would know this one.
        (saved(flag(), "GIF"), JPEG),
        (saved(flag(), "PNG"), JPEG),
        (b"", JPEG),
    ],
)
def test_a_picture_that_is_broken_is_refused(data: bytes, kind: str) -> None:
    with pytest.raises(Refusal, match="cannot be read"):
        draw_anew(data, kind)


def test_text_that_unpacks_without_end_is_refused_or_dropped() -> None:
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 200_000_000, 9))
    data = saved(flag(), "PNG")
    try:
        found = draw_anew(data[:33] + text + data[33:], PNG)
    except Refusal:
        return
    assert opened(found.body).info == {}


def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_WALL_SECONDS", 0.01)
    began = time.monotonic()
    with pytest.raises(Refusal, match="cannot be read"):
        draw_anew(saved(flag()), JPEG)
    assert time.monotonic() - began < 5


def test_who_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(images, "_PATIENCE_SECONDS", 0.01)
    with images._places, pytest.raises(Refusal, match="Many pictures") as refused:
        draw_anew(saved(flag()), JPEG)
    assert refused.value.status == 503
    assert draw_anew(saved(flag()), JPEG).body


def test_a_queue_that_is_full_takes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_queue", threading.BoundedSemaphore(1))
    with images._queue, pytest.raises(Refusal, match="Many pictures"):
        draw_anew(saved(flag()), JPEG)
    assert draw_anew(saved(flag()), JPEG).body


def test_many_at_once_get_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[int, Picture] = {}

    def draw(width: int) -> None:
        found[width] = draw_anew(saved(Image.new("RGB", (width, 10))), JPEG)

    threads = [threading.Thread(target=draw, args=(width,)) for width in range(10, 16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {width: opened(picture.body).size for width, picture in found.items()} == {n: (n, 10) for n in range(10, 16)}


def test_the_child_sees_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_STRIPE_SECRET_KEY", "sk_secret")
    monkeypatch.setattr(images, "_WORKER", "tests.gateways.strange_worker")
    told = images._ask(b"", "tell")
    assert b"PYTHONPATH" in told
    assert b"sk_secret" not in told


def test_the_child_has_little_memory_and_writes_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(images, "_WORKER", "tests.gateways.strange_worker")
    assert images._ask(b"", "eat") == b""
    assert images._ask(str(tmp_path / "written").encode(), "write") == b""
