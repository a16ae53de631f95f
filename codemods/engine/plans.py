"""Plans as tables: what a person writes down, and what ``show --plan`` prints."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, cast

from codemods.codemod import Codemod, Plan


class PlanError(Exception):
    """A table that is no plan of the codemod; the message is one line for a person."""


def plan_from(codemod: Codemod, table: Mapping[str, object]) -> Plan:
    """The plan that a table describes.

    Args:
        codemod: whose plan it is.
        table: its fields. A single value stands for a list of one.

    Raises:
        PlanError: for a field that the plan does not have, one that it needs, or a wrong type.
    """
    import msgspec

    known = {item.name for item in fields(codemod.plan)}
    for name in table:
        if name not in known:
            has = f"its plan has {', '.join(sorted(known))}" if known else "its plan has no fields"
            raise PlanError(f"{codemod.name} has no field {name!r}: {has}")
    lists = _lists(codemod)
    given = {
        name: [value] if name in lists and not isinstance(value, (list, tuple)) else value
        for name, value in table.items()
    }
    try:
        plan = msgspec.convert(given, codemod.plan)
    except msgspec.ValidationError as error:
        raise PlanError(f"{codemod.name}: {error}") from None
    unread = next(_unread(given, msgspec.to_builtins(plan)), None)
    if unread is not None:
        raise PlanError(f"{codemod.name}: its input has no field {unread!r}")
    return plan


def _unread(given: object, read: object) -> Iterator[str]:
    """The fields, at any depth, that were given and are none."""
    if isinstance(given, Mapping) and isinstance(read, Mapping):
        for name, value in given.items():
            if name not in read:
                yield name
            yield from _unread(value, read.get(name))
    elif isinstance(given, (list, tuple)) and isinstance(read, (list, tuple)):
        for one, other in zip(given, read, strict=False):
            yield from _unread(one, other)


def table_from(plan: Plan) -> dict[str, Any]:
    """The fields of a plan that say something: those that have another value than the default."""
    return _fields_said(plan)


def _fields_said(part: Any) -> dict[str, Any]:
    """The same of a part of one. TOML has no null: what is not given is left out."""
    return {
        item.name: _said(value)
        for item in fields(part)
        if (value := getattr(part, item.name)) is not None and value != item.default
    }


def _said(value: object) -> object:
    import msgspec

    if is_dataclass(value):
        return _fields_said(value)
    if isinstance(value, tuple):
        return [_said(item) for item in value]
    return msgspec.to_builtins(value, order="sorted")


def schema_of(codemod: Codemod) -> dict[str, Any]:
    """The JSON Schema of its plan."""
    import msgspec

    return msgspec.json.schema(codemod.plan)


@dataclass(frozen=True, slots=True)
class PlanField:
    """A field of a plan, for people."""

    name: str
    type: str
    """As TOML has it: ``string``, ``integer``, ``list of string``, or the values it can have."""
    default: str
    """`` = false``; empty where there is none, or nothing by default."""
    help: str
    """What the plan's class says of it."""


def plan_fields(codemod: Codemod) -> tuple[PlanField, ...]:
    """The fields of its plan, with what its source says of each."""
    schema = schema_of(codemod)
    kinds = schema["$defs"]
    told = _field_texts(codemod.plan)
    found = []
    for item in fields(codemod.plan):
        entry = kinds[codemod.plan.__name__]["properties"][item.name]
        said = item.default not in (MISSING, None, "", ()) and item.default != frozenset()
        default = f" = {_toml(item.default)}" if said else ""
        found.append(PlanField(item.name, _type(entry, kinds), default, told.get(item.name, "")))
    return tuple(found)


def _toml(value: object) -> str:
    import json

    return json.dumps(value, default=str)


def _type(entry: Mapping[str, Any], kinds: Mapping[str, Any]) -> str:
    """A JSON Schema type in words."""
    if "$ref" in entry:
        name = entry["$ref"].rpartition("/")[2]
        inner = kinds[name].get("properties")
        if inner is None:
            return _type(kinds[name], kinds)
        return "{" + ", ".join(f"{key}: {_type(item, kinds)}" for key, item in inner.items()) + "}"
    if "enum" in entry:
        return " or ".join(repr(item) for item in entry["enum"] if item is not None)
    if "anyOf" in entry:
        parts = [_type(item, kinds) for item in entry["anyOf"] if item.get("type") != "null"]
        return " or ".join(parts)
    if entry.get("type") == "array":
        if "prefixItems" in entry:
            return "[" + ", ".join(_type(item, kinds) for item in entry["prefixItems"]) + "]"
        return f"list of {_type(entry.get('items', {}), kinds)}"
    return str(entry.get("type", "any"))


def _field_texts(plan: type[Plan]) -> dict[str, str]:
    """What stands below each field in the source of its class."""
    try:
        module = ast.parse(textwrap.dedent(inspect.getsource(plan)))
    except (OSError, TypeError, SyntaxError):
        # Made at run time, or its source is not there: then nothing is told of its fields.
        return {}
    found: dict[str, str] = {}
    body = cast("ast.ClassDef", module.body[0]).body
    for item, following in itertools.pairwise(body):
        match item, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(text.split())
    return found


def _lists(codemod: Codemod) -> frozenset[str]:
    """The fields that hold several values."""
    schema = schema_of(codemod)
    properties = schema["$defs"][codemod.plan.__name__]["properties"]
    return frozenset(name for name, item in properties.items() if item.get("type") == "array")
