"""A move: a small frozen value that can be written as one line of text, read back, drawn by chance, and done."""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from e2e.machine.town import Town

Value = int | str


@dataclass(frozen=True, slots=True)
class Move:
    """`line` is its text with its fields in braces; `weight` says how often it is drawn."""

    line: ClassVar[str]
    weight: ClassVar[int] = 4

    def act(self, town: "Town") -> bool:
        """Do it; False where there was nothing to do it to."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.line.format(**{each.name: getattr(self, each.name) for each in fields(self)})


def one_of(*choices: Value) -> Any:
    """A field of a move, and what may be drawn for it."""
    return field(metadata={"choices": choices})


def choices_of(kind: type[Move]) -> dict[str, Sequence[Value]]:
    """For each field what may be drawn."""
    return {each.name: each.metadata["choices"] for each in fields(kind)}


def draw(kinds: Sequence[type[Move]], chance: random.Random) -> Move:
    """A move of one of these kinds, the heavier ones more often."""
    [kind] = chance.choices(kinds, [kind.weight for kind in kinds])
    return kind(**{name: chance.choice(choices) for name, choices in choices_of(kind).items()})


def read(text: str, kinds: Iterable[type[Move]]) -> Move:
    """The move that a line says; raises ValueError for one that says none."""
    for kind in kinds:
        found = _pattern(kind).fullmatch(text.strip())
        if found is not None:
            given: dict[str, Value] = {
                name: int(said) if isinstance(choices_of(kind)[name][0], int) else said
                for name, said in found.groupdict().items()
            }
            return kind(**given)
    raise ValueError(f"not a move: {text!r}")


def _pattern(kind: type[Move]) -> re.Pattern[str]:
    """The last field may be a whole sentence: what is meant to be a move itself."""
    text = re.escape(kind.line)
    for name, choices in choices_of(kind).items():
        said = r"\d+" if isinstance(choices[0], int) else ".+" if name == "inner" else r"[\w+/-]+"
        taken = f"(?P<{name}>{said})"
        text = text.replace(re.escape("{" + name + "}"), taken)
    return re.compile(text)
