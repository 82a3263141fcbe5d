"""Cells of a CSV that no spreadsheet takes for a formula: what others wrote must not run on the reader's machine.

https://owasp.org/www-community/attacks/CSV_Injection
"""

import unicodedata

_FORMULA_STARTS = frozenset("=+-@\t\r\n\0")
# Spaces of every width, and characters that are not seen at all: spreadsheets look past them.
_LOOKED_PAST = frozenset({"Zs", "Cf"})


def text_cell(text: str) -> str:
    """The text as a cell, with `'` before it where a spreadsheet would take it for a formula.

    Only for texts: a number cell such as `-5.00` is written by our own hand and stays a number.
    """
    for character in text:
        # A full-width equals sign counts as the plain one.
        plain = unicodedata.normalize("NFKC", character)
        if plain[0] in _FORMULA_STARTS:
            return f"'{text}"
        if unicodedata.category(character) not in _LOOKED_PAST:
            return text
    return text
