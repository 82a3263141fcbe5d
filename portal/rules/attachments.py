"""What may be attached to a dispute: how much, of what kind, and under which name it is shown.

A name only ever meets eyes: files are stored under random names.
"""

import unicodedata
from collections.abc import Mapping

from portal.rules.refusals import Refusal

MOST_FILES = 5
LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
LONGEST_NAME = 120

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
# What is kept of a file of each type that may be sent: pictures are drawn anew.
KEPT_AS: Mapping[str, str] = {PDF: PDF, PNG: PNG, JPEG: JPEG, "image/webp": JPEG}
_ENDINGS: Mapping[str, str] = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg"}
# Phones name a picture by the format it had before they converted it.
_PICTURES = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".heic", ".heif")
_ACCEPTED_ENDINGS: Mapping[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    **dict.fromkeys((PNG, JPEG, "image/webp"), _PICTURES),
}
_PHONE_PICTURES = frozenset({"image/heic", "image/heif", "image/avif"})


def check_size(size_bytes: int) -> None:
    """Refuse an empty file, and one over LARGEST_BYTES."""
    if size_bytes == 0:
        raise Refusal("This file is empty. Choose the file again, or leave it out.", field="files")
    if size_bytes > LARGEST_BYTES:
        raise Refusal(
            "This file is larger than %(most)s MB. Send a smaller picture, or only the pages that matter.",
            field="files",
            most=LARGEST_BYTES // 1024 // 1024,
        )


def check_type(media_type: str | None, name: str) -> None:
    """Refuse what may not be sent; `media_type` is what the file's first bytes say, None where nobody knows them."""
    if media_type in _PHONE_PICTURES:
        raise Refusal(
            "Pictures in the HEIC format of some phones cannot be read here. Send this one as a JPEG: save a copy in "
            "that format, or send a screenshot of it.",
            field="files",
        )
    if media_type is None or media_type not in KEPT_AS:
        raise Refusal(
            "Only PDF, JPEG and PNG files can be sent. Save this one as a PDF, or send a picture of it.", field="files"
        )
    if _ending(name) not in _ACCEPTED_ENDINGS[media_type]:
        raise Refusal(
            "The name of this file does not say what it holds. Give it a name that ends in .pdf, .jpg or .png, "
            "then send it again.",
            field="files",
        )


def shown_name(name: str, media_type: str) -> str:
    """The name for eyes: one line without folders and without characters that hide or turn text, at most LONGEST_NAME
    characters, and ending as files of its type do."""
    ending = _ENDINGS[media_type]
    seen = "".join(_seen(letter) for letter in unicodedata.normalize("NFC", _last_part(name)))
    stem = unicodedata.normalize("NFC", " ".join(seen.split()))
    old_ending = _ending(stem)
    if old_ending in (".pdf", *_PICTURES):
        stem = stem[: -len(old_ending)]
    stem = stem.strip(". ")[: LONGEST_NAME - len(ending)].strip(". ")
    return (stem or "file") + ending


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _ending(name: str) -> str:
    """`.jpg`, in small letters; "" where there is no dot."""
    _, dot, after = _last_part(name).rpartition(".")
    return dot + after.lower()


def _seen(letter: str) -> str:
    """The character itself; a space for what breaks lines, nothing for what cannot be seen or turns what can."""
    category = unicodedata.category(letter)
    if category.startswith("Z"):
        return " "
    return "" if category.startswith("C") else letter
