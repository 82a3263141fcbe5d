"""What the business has decided: the catalogue of policy keys, their defaults and what may stand in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Value = str | int


@dataclass(frozen=True, slots=True)
class Key:
    """A policy: its default, what it means in a line, and how its text becomes a value (or a Refusal)."""

    name: str
    default: Value
    meaning: str
    parse: Callable[[str], Value]


CATALOGUE: Mapping[str, Key] = {}


def parse_policy(key: str, text: str) -> Value:
    """The value of a known key; refuses unknown keys and bad values with a sentence."""
    raise NotImplementedError


def default_policies() -> dict[str, Value]:
    """Every key with its default."""
    return {name: key.default for name, key in CATALOGUE.items()}
