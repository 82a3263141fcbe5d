"""Stripe's form encoding (`line_items[0][price_data][currency]=usd`) read by the TypedDicts of stripe.params.

Everything arrives as text; the annotation says what it must be. An unknown name is `parameter_unknown`, a
missing one `parameter_missing`, a wrong type or word `parameter_invalid_…`, as Stripe answers them.
"""

import functools
import inspect
import re
import typing
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Union

import typing_extensions
from stripe._request_options import RequestOptions

from e2e.stripe import typewalk
from e2e.stripe.errors import ApiError, malformed

Node = Union[str, dict[str, "Node"], list["Node"]]  # noqa: UP007 - recursive
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_OPTIONS = frozenset(RequestOptions.__annotations__)


def read(params: type, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The parameters of one request as Python values.

    `params` is one of stripe.params' TypedDicts. Raises ApiError 400 that names the parameter.
    """
    return _typed_dict(params, _tree(pairs), "")


def _tree(pairs: Iterable[tuple[str, str]]) -> dict[str, Node]:
    root: dict[str, Node] = {}
    for key, value in pairs:
        match = _KEY.match(key)
        if match is None:
            raise malformed(f"Invalid parameter name: {key}", param=key)
        steps = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        _put(root, steps, value, key)
    return root


def _put(root: dict[str, Node], steps: list[str], value: str, key: str) -> None:
    here = root
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if following is None:
            here[step] = value
        elif following == "":
            items = here.setdefault(step, [])
            if not isinstance(items, list) or len(steps) > steps.index("") + 1:
                raise malformed(f"Invalid array: {key}", param=key)
            items.append(value)
            return
        else:
            below = here.setdefault(step, {})
            if not isinstance(below, dict):
                raise malformed(f"Invalid object: {key}", param=key)
            here = below


@functools.cache
def _known(cls: type) -> dict[str, Any]:
    return {name: each for name, each in typewalk.fields(cls).items() if name not in _OPTIONS}


def _typed_dict(cls: type, tree: dict[str, Node], where: str) -> dict[str, Any]:
    known = _known(cls)
    found: dict[str, Any] = {}
    for name, node in tree.items():
        path = f"{where}[{name}]" if where else name
        if name not in known:
            raise malformed(f"Received unknown parameter: {path}", param=path, code="parameter_unknown")
        found[name] = _value(typewalk.alternatives(known[name], cls.__module__), node, path, cls.__module__)
    required: frozenset[str] = cls.__required_keys__  # type: ignore[attr-defined]
    for name in sorted(required - set(found)):
        path = f"{where}[{name}]" if where else name
        raise malformed(f"Missing required param: {path}.", param=path, code="parameter_missing")
    return found


def _value(arms: tuple[Any, ...], node: Node, path: str, module: str) -> Any:
    """The first alternative that takes the text; the complaint of the last one when none does."""
    arms = typewalk.closed(arms)
    words = typewalk.literals(arms)
    if isinstance(node, str) and node in words:
        return node
    refused: ApiError | None = None
    for arm in arms:
        try:
            if not typewalk.is_literal(arm):
                return _one(arm, node, path, module)
        except ApiError as error:
            refused = error
    if refused is not None:
        raise refused
    choices = ", ".join(str(word) for word in words)
    raise malformed(f"Invalid {path}: must be one of {choices}", param=path)


def _one(arm: Any, node: Node, path: str, module: str) -> Any:
    origin = typing.get_origin(arm)
    if origin is list:
        inner = typewalk.alternatives(typing.get_args(arm)[0], module)
        return [_value(inner, each, f"{path}[{i}]", module) for i, each in enumerate(_items(node, path))]
    if origin is not None or (inspect.isclass(arm) and typing_extensions.is_typeddict(arm)):
        if not isinstance(node, dict):
            raise malformed("Invalid object", param=path)
        if origin is None:
            return _typed_dict(arm, node, path)
        inner = typewalk.alternatives(typing.get_args(arm)[-1], module)
        return {key: _value(inner, each, f"{path}[{key}]", module) for key, each in node.items()}
    if not isinstance(node, str):
        raise malformed(f"Invalid {path}: a single value belongs here", param=path)
    return _scalar(arm, node, path)


def _items(node: Node, path: str) -> list[Node]:
    if isinstance(node, list):
        return node
    if isinstance(node, dict) and all(key.isdecimal() for key in node):
        return [node[key] for key in sorted(node, key=int)]
    raise malformed("Invalid array", param=path)


def _scalar(arm: Any, text: str, path: str) -> Any:
    if arm is str:
        return text
    if arm is bool and text in ("true", "false"):
        return text == "true"
    if arm is int and re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    if arm is Decimal:
        try:
            return Decimal(text)
        except InvalidOperation:
            raise malformed(f"Invalid decimal: {text}", param=path, code="parameter_invalid_decimal") from None
    name = {int: "integer", bool: "boolean"}.get(arm, str(arm))
    raise malformed(f"Invalid {name}: {text}", param=path, code=f"parameter_invalid_{name}")
