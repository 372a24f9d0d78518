"""Our frozen values as JSON and back, by their annotations alone: nothing that is read can run."""

from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


@cache
def _names(kind: Any) -> tuple[str, ...] | None:
    """Return the names of the fields of a dataclass, None for another class."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


_PLAIN = (str, int, float, bool, type(None))  # classes whose values are JSON already; not their subclasses


def to_json(value: object) -> Any:
    """Return *value* (dataclasses, enums, tuples and plain JSON values, nested as you like) as plain JSON."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Enum):
        return value.value
    if (names := _names(cast("Any", type(value)))) is not None:
        return {name: to_json(getattr(value, name)) for name in names}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if value is None or isinstance(value, str | int | float):
        return value
    msg = f"cannot write a {type(value).__name__} as JSON"
    raise TypeError(msg)


def from_json(kind: Any, value: Any) -> Any:
    """
    Return *value*, plain JSON, as an instance of *kind*: ``from_json(type(x), to_json(x)) == x``.

    Raises:
        TypeError: the JSON is not of that kind.
        ValueError: no such member of an enum, or a value that its class refuses.
    """
    origin = get_origin(kind)
    if origin is Union or origin is types.UnionType:
        if value is None and type(None) in get_args(kind):
            return None
        (kind,) = (part for part in get_args(kind) if part is not type(None))
        return from_json(kind, value)
    if origin is tuple and isinstance(value, list):
        parts = get_args(kind)
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple([from_json(parts[0], item) for item in value])
        return tuple([from_json(part, item) for part, item in zip(parts, value, strict=True)])
    if origin is dict and isinstance(value, dict):
        part = get_args(kind)[1]
        return {key: from_json(part, item) for key, item in value.items()}
    if isinstance(kind, type):
        if issubclass(kind, Enum):
            return kind(value)
        if is_dataclass(kind) and isinstance(value, dict):
            hints = _hints(kind)
            if unknown := value.keys() - hints.keys():
                msg = f"{kind.__name__} has no {', '.join(sorted(unknown))}"
                raise TypeError(msg)
            return kind(**{name: from_json(hints[name], item) for name, item in value.items()})
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, kind):
            return value
    msg = f"{value!r} is not a {kind}"
    raise TypeError(msg)


def dumps(value: object) -> str:
    """Return *value* as one line of JSON; the same value always gives the same line."""
    return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))


def loads(kind: Any, text: str) -> Any:
    """Return the *kind* that ``dumps`` wrote as *text*."""
    return from_json(kind, json.loads(text))
