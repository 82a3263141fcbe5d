"""The child that draws one picture anew: bytes come in, a line of JSON and two pictures go out, and it ends.

Whatever goes wrong ends it with a traceback, which the parent takes for a picture that cannot be read. Only what is
seen is drawn: no camera, place, colour profile, comment, second frame, or anything behind the picture's end.
"""

import io
import json
import resource
import sys
import warnings

from PIL import Image, ImageCms, ImageOps

from portal.rules.attachments import JPEG, LARGEST_BYTES, MOST_PIXELS, PNG

_FORMATS = {JPEG: "JPEG", PNG: "PNG", "image/webp": "WEBP"}
_THUMBNAIL_PIXELS = 480
_MEMORY_BYTES = 1024**3
_PROCESSOR_SECONDS = 20
_QUALITY = 85


def draw(data: bytes, kind: str) -> tuple[str, bytes, bytes]:
    """(media type, picture, thumbnail); raises what Pillow raises, DecompressionBombError for too many pixels."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    # No other reader of Pillow's gets to see it.
    with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as opened:
        # The pixels are read here, and not before their number was judged.
        picture = _plain(ImageOps.exif_transpose(opened))
    media_type, body = _saved(picture, kind)
    picture.thumbnail((_THUMBNAIL_PIXELS, _THUMBNAIL_PIXELS))
    return media_type, body, _jpeg(picture)


def limit() -> None:
    """From now on this process has little memory and few seconds, and can write into no file."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_SECONDS, _PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _plain(image: Image.Image) -> Image.Image:
    """One frame of 8 bits in grey, RGB or RGBA, with nothing beside its pixels."""
    if image.mode.startswith("I;16") or image.mode == "I":
        plain = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode in ("1", "L"):
        plain = image.convert("L")
    elif image.has_transparency_data:
        plain = image.convert("RGBA")
    else:
        plain = _in_srgb(image)
    plain.info = {}
    return plain


def _in_srgb(image: Image.Image) -> Image.Image:
    """What phones and printers mean by their colours; without a profile that can be read, what they say."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _saved(picture: Image.Image, kind: str) -> tuple[str, bytes]:
    if kind == PNG:
        body = io.BytesIO()
        picture.save(body, "PNG")
        if body.tell() <= LARGEST_BYTES:
            return PNG, body.getvalue()
    return JPEG, _jpeg(picture)


def _jpeg(picture: Image.Image) -> bytes:
    body = io.BytesIO()
    if picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    picture.save(body, "JPEG", quality=_QUALITY)
    return body.getvalue()


def _main(kind: str) -> None:
    limit()
    data = sys.stdin.buffer.read()
    try:
        media_type, body, thumbnail = draw(data, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        sys.stdout.buffer.write(json.dumps({"wrong": "pixels"}).encode() + b"\n")
        return
    head = json.dumps({"media_type": media_type, "length": len(body)}).encode()
    sys.stdout.buffer.write(head + b"\n" + body + thumbnail)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _main(sys.argv[1])
