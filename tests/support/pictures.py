"""Pictures for tests: a flag that shows which way is up, and files that are not what they seem."""

import io
import struct
import zipfile
import zlib

from PIL import Image

SECRET = b"<script>steal()</script>"


def saved(image: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    body = io.BytesIO()
    image.save(body, kind, **how)
    return body.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def flag(mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right, 40 x 20."""
    image = Image.new("RGB", (40, 20), (220, 20, 20))
    image.paste((20, 20, 220), (20, 0, 40, 20))
    return image.convert(mode)


def looks(image: Image.Image, at: tuple[int, int]) -> str:
    pixel = image.convert("RGB").getpixel(at)
    assert isinstance(pixel, tuple)
    red, _, blue = pixel
    return "red" if red > blue + 60 else "blue" if blue > red + 60 else "neither"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it has so many pixels, and has them: all black, one bit each."""
    packed, squeezed = zlib.compressobj(9), b""
    row = bytes(1 + (width + 7) // 8)
    for _ in range(height):
        squeezed += packed.compress(row)
    squeezed += packed.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", squeezed) + chunk(b"IEND", b"")


def zipped() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("evil.class", SECRET)
    return body.getvalue()
