"""What a program that reads our JSON relies on: keys and types, and the few values that are names.

Documents become lines, so that a difference reads well: ``sites[].line: int``. A key that only some
of several objects have is ``absent`` in others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

TYPES = {bool: "bool", int: "int", float: "float", str: "str", type(None): "null"}
NAMES = (
    *("$schema", "version", "driver.name", "columnKind", "uriBaseId", "rules[].id", "ruleId"),
    *("partialFingerprints.autofix/v1", "properties.safety"),
)
"""How the paths end whose values are part of what others rely on."""


def shape(documents: Sequence[object]) -> list[str]:
    """The lines of documents of one kind, together and sorted."""
    return sorted({line.removeprefix("[].") for line in _items("", documents)})


def _items(path: str, values: Sequence[object]) -> Iterator[str]:
    for value in values:
        yield from _lines(f"{path}[]", value)
    objects = [value for value in values if isinstance(value, Mapping)]
    keys = {key for value in objects for key in value}
    yield from (f"{path}[].{key}: absent" for key in keys for value in objects if key not in value)


def _lines(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _lines(f"{path}.{key}", item)
    elif isinstance(value, list):
        yield f"{path}: list"
        yield from _items(path, value)
    else:
        yield f"{path}: {TYPES[type(value)]}"
        if path.endswith(NAMES):
            yield f"{path} = {value}"
