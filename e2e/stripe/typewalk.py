"""Walks what the stand-in answers against the types that stripe-python itself ships.

Unknown, missing and mistyped fields are problems. Stripe writes an open enumeration as `Literal[...] | str`;
here it is closed, since whatever the stand-in says should be a word that this version knows.
"""

import ast
import functools
import inspect
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import stripe
import typing_extensions
from stripe._list_object import ListObject
from stripe._stripe_object import StripeObject, UntypedStripeObject

CLASSES: dict[str, type[Any]] = {
    "account": stripe.Account,
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "mandate": stripe.Mandate,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "price": stripe.Price,
    "product": stripe.Product,
    "refund": stripe.Refund,
    "setup_intent": stripe.SetupIntent,
}
_PLAIN = (int, str, bool, float)


def problems(answer: Any) -> list[str]:
    """What is wrong with one object or list as it goes over the wire; empty when it is one of Stripe's."""
    name = answer.get("object") if isinstance(answer, dict) else None
    if name == "list":
        return [p for i, each in enumerate(answer["data"]) for p in _prefixed(f"data[{i}]", problems(each))]
    if name not in CLASSES:
        return [f"object: {name!r} is no kind that the stand-in answers"]
    found = list(_object(CLASSES[name], answer, name))
    if name == "event":
        found += _prefixed("event.data", problems(answer["data"]["object"]))
    return found


@functools.cache
def fields(cls: Any) -> Mapping[str, Any]:
    """Field name -> annotation as written, of a resource class or a TypedDict."""
    own = inspect.get_annotations(cls)
    return {name: each for name, each in own.items() if "ClassVar" not in str(each)}


@functools.cache
def alternatives(annotation: Any, module: str) -> tuple[Any, ...]:
    """The members of a union (one for anything else), references resolved, unions within flattened."""
    resolved = _bare(annotation, module)
    if typing.get_origin(resolved) in (typing.Union, types.UnionType):
        return tuple(each for arm in typing.get_args(resolved) for each in alternatives(arm, module))
    return (resolved,)


def literals(arms: tuple[Any, ...]) -> list[Any]:
    return [value for arm in arms if is_literal(arm) for value in typing.get_args(arm)]


def is_literal(arm: Any) -> bool:
    return typing.get_origin(arm) in (typing.Literal, typing_extensions.Literal)


def closed(arms: tuple[Any, ...]) -> tuple[Any, ...]:
    """Without the `str` that only keeps an enumeration open. `Literal['']` alone says "may be emptied"."""
    return tuple(arm for arm in arms if arm is not str) if any(v != "" for v in literals(arms)) else arms


def is_expandable(object_name: str, field: str) -> bool:
    """Whether this field can be an id or the object (or is a list left out by default)."""
    cls: Any = CLASSES.get(object_name)
    if cls is None or field not in fields(cls):
        return False
    arms = alternatives(fields(cls)[field], cls.__module__)
    resources = [arm for arm in arms if inspect.isclass(arm) and issubclass(arm, StripeObject)]
    return (str in arms and bool(resources)) or any(typing.get_origin(arm) is ListObject for arm in arms)


def _prefixed(where: str, found: list[str]) -> list[str]:
    return [f"{where}: {each}" for each in found]


def _object(cls: type, value: dict[str, Any], where: str) -> Iterator[str]:
    known = fields(cls)
    for name in value:
        if name not in known:
            yield f"{where}.{name}: unknown field of {cls.__qualname__}"
    for name, annotation in known.items():
        arms = alternatives(annotation, cls.__module__)
        if name in value:
            yield from _value(arms, value[name], f"{where}.{name}", cls.__module__)
        elif type(None) not in arms:
            yield f"{where}.{name}: missing in {cls.__qualname__}"


def _value(arms: tuple[Any, ...], value: Any, where: str, module: str) -> Iterator[str]:
    arms = closed(arms)
    if Any in arms or (value is None and type(None) in arms):
        return
    if isinstance(value, dict):
        yield from _mapping(arms, value, where, module)
    elif isinstance(value, list):
        lists = [arm for arm in arms if typing.get_origin(arm) is list]
        if not lists:
            yield f"{where}: a list"
            return
        inner = alternatives(typing.get_args(lists[0])[0], module)
        for i, each in enumerate(value):
            yield from _value(inner, each, f"{where}[{i}]", module)
    elif not any(_fits(arm, value) for arm in arms):
        yield f"{where}: {value!r} is not {_words(arms)}"


def _mapping(arms: tuple[Any, ...], value: dict[str, Any], where: str, module: str) -> Iterator[str]:
    for arm in arms:
        origin = typing.get_origin(arm)
        if origin is ListObject and value.get("object") == "list":
            yield from _list(arm, value, where, module)
            return
        if origin in (UntypedStripeObject, dict):
            inner = alternatives(typing.get_args(arm)[-1], module)
            for key, each in value.items():
                yield from _value(inner, each, f"{where}.{key}", module)
            return
    objects = [arm for arm in arms if inspect.isclass(arm) and issubclass(arm, StripeObject)]
    named = [arm for arm in objects if getattr(arm, "OBJECT_NAME", None) == value.get("object")]
    if not (named or objects):
        yield f"{where}: an object where {_words(arms)} belongs"
        return
    yield from _object((named or objects)[0], value, where)


def _list(arm: Any, value: dict[str, Any], where: str, module: str) -> Iterator[str]:
    if set(value) != {"object", "data", "has_more", "url"}:
        yield f"{where}: a list has object, data, has_more, url, not {sorted(value)}"
    inner = alternatives(typing.get_args(arm)[0], module)
    for i, each in enumerate(value["data"]):
        yield from _value(inner, each, f"{where}.data[{i}]", module)


def _fits(arm: Any, value: Any) -> bool:
    if is_literal(arm):
        return any(value == each and type(value) is type(each) for each in typing.get_args(arm))
    if arm is Decimal:
        return isinstance(value, str) and _is_decimal(value)
    return arm in _PLAIN and type(value) is arm


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _words(arms: tuple[Any, ...]) -> str:
    return " | ".join(getattr(arm, "__qualname__", None) or str(arm) for arm in arms)


def _bare(annotation: Any, module: str) -> Any:
    """An annotation without NotRequired and without quotes."""
    while True:
        if isinstance(annotation, typing.ForwardRef):
            annotation = annotation.__forward_arg__
        if isinstance(annotation, str):
            annotation = eval(annotation, _names(module))
        elif typing.get_origin(annotation) in (typing.NotRequired, typing.Required):
            annotation = typing.get_args(annotation)[0]
        else:
            return annotation


@functools.cache
def _names(module: str) -> dict[str, Any]:
    """A module's names plus those that it imports for type checkers only, which do not exist at run time."""
    source = sys.modules[module]
    found = dict(vars(source))
    for node in ast.parse(inspect.getsource(source)).body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for each in node.body:
                if isinstance(each, ast.ImportFrom) and each.module:
                    origin = __import__(each.module, fromlist=["_"])
                    found |= {alias.asname or alias.name: getattr(origin, alias.name) for alias in each.names}
    return found
