"""Bytes to text: UTF-8, UTF-16 (with or without its mark) and, where neither fits, Windows-1252."""

import codecs

from portal.rules.refusals import Refusal

MOST_BYTES = 256 * 1024 * 1024
_SAMPLE = 4096


def decode(data: bytes) -> str:
    """The file's text. Refuses an empty file, one over 256 MB, and what is no text (a spreadsheet, a PDF)."""
    if len(data) > MOST_BYTES:
        raise Refusal("The file is larger than 256 MB. Split it and import the parts.")
    if data[:4] == b"PK\x03\x04" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Refusal("The file is a spreadsheet. Save it as CSV and import that.")
    text = _text(data)
    if not text.strip():
        raise Refusal("The file is empty.")
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise Refusal(f"The file is not a text file: line {line} holds a NUL character. Export it as CSV again.")
    return text


def _text(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return _strictly(data[len(codecs.BOM_UTF8) :], "utf-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16")
    if guessed := _utf16_without_mark(data):
        return _strictly(data, guessed)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # The code page leaves five bytes undefined; text does not hold them.
        return _strictly(data, "cp1252")


def _utf16_without_mark(data: bytes) -> str | None:
    """A header is mostly ASCII, so that every second byte of it in UTF-16 is zero."""
    sample = data[:_SAMPLE]
    if len(sample) < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd * 10 > half * 7 and even * 10 < half:
        return "utf-16-le"
    if even * 10 > half * 7 and odd * 10 < half:
        return "utf-16-be"
    return None


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refusal(
            f"The file's text cannot be read: byte {error.start + 1} is not {encoding.upper()}."
            " Save it as CSV in UTF-8 and import that."
        ) from None
