"""Objects of JSON and YAML that may be findings, with what the objects around them say of them.

Tools put a finding's parts where they like: its place beside its message (bandit, pylint), its
message in an object beside the place (semgrep), or the file once around all of its messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from codemods.findings.readers.lexicon import severity_of_word
from codemods.findings.readers.locations import locations_of
from codemods.findings.roles import Role, role_of

_DEEPEST = 40
_PLACES = ("path", "file", "filename", "file_path", "filepath", "uri", "component", "target")
_TOLD = frozenset((Role.PROBLEM, Role.TITLE, Role.FIX))
_ENDS = ("end_line", "endline", "line_end", "to_line", "end_line_number", "end")
_LINES = ("startline", "line_number", "lineno", "begin_line", "begin", "start")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Found:
    """An object that may be a finding."""

    item: Mapping[str, Any]
    place: str = ""
    """The file of the object around it, where it names none itself."""
    severity: str = ""
    """The severity that the object around it gives to all that it holds."""


@cache
def role_of_key(key: str) -> Role | None:
    """The role of a key: ``how_to_fix`` and ``filePath`` are names like others."""
    if key.lower() in _PLACES:
        return Role.PLACE
    return role_of(key) or role_of(_CAMEL.sub(" ", key))


def found_objects(value: Any) -> Iterator[Found]:
    """The objects that may be findings: those with a place or a severity, and something said."""
    yield from _objects(value, Found({}), 0)


def _objects(value: Any, around: Found, depth: int) -> Iterator[Found]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _objects(item, around, depth + 1)
    if not isinstance(value, dict):
        return
    roles = {role_of_key(key) for key, said in value.items() if said not in (None, "", [], {})}
    here = replace(around, item=value)
    inner = tuple(_inside(value, around, depth))
    if roles & _TOLD and _fits(value, roles, around):
        # ``{"title": "Auth", "severity": "high", "issues": [{"file": …, "message": …}]}``
        if not inner or Role.PLACE in roles:
            yield here
            return
    elif Role.PLACE in roles and _TOLD & {role_of_key(key) for key, _ in flat(value)}:
        lists = {key: said for key, said in value.items() if isinstance(said, list)}
        if not inner or not any(_inside(lists, around, depth)):
            yield here
            return
    yield from inner


def _fits(value: Mapping[str, Any], roles: set[Role | None], around: Found) -> bool:
    """Whether an object that says something says where or how bad it is, too."""
    if roles & {Role.PLACE, Role.SEVERITY}:
        return True
    if around.place:
        return Role.PROBLEM in roles or Role.LINE in roles
    # What only has the severity of its chapter must say more than a name.
    return bool(around.severity) and (place_of(value)[0] != "" or {Role.PROBLEM, Role.FIX} <= roles)


def _inside(value: Mapping[str, Any], around: Found, depth: int) -> Iterator[Found]:
    """The findings in the objects and lists that an object holds."""
    place, _ = place_of({key: said for key, said in value.items() if isinstance(said, str)})
    said = (word for key, word in value.items() if role_of_key(key) is Role.SEVERITY)
    severity = next((word for word in said if isinstance(word, str)), around.severity)
    for key, inner in value.items():
        if not isinstance(inner, (dict, list)):
            continue
        of_file = key if isinstance(inner, list) and _is_file(key) else place or around.place
        level = key if severity_of_word(key) is not None else severity
        yield from _objects(inner, Found({}, of_file, level), depth + 1)


def _is_file(key: str) -> bool:
    """Whether the key of a list is a file: ``{"app/x.py": [{"line": 3, "message": …}]}``."""
    return key.endswith((".py", ".pyi")) and any(at.path for at in locations_of(f"`{key}`"))


def flat(item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Keys and values; those of objects in it, too, and the items of lists of texts."""
    for key, value in item.items():
        if isinstance(value, dict):
            yield from flat(value)
        elif isinstance(value, list):
            said = [part for part in value if isinstance(part, str)]
            numbers = [int(part) for part in value if str(part).isdecimal()]
            if value and len(numbers) == len(value):
                # ``"lines": [10, 12]`` are the first and the last one.
                bounds = f"{numbers[0]}-{numbers[-1]}" if len(value) == 2 else str(numbers[0])
                yield key, bounds
            elif said:
                yield key, "\n".join(said)
        elif value is not None and not isinstance(value, bool):
            yield key, value


def place_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """The file and the lines that an object names, each ``""`` where it names none."""
    path = first = last = ""
    for key, value in flat(item):
        role, name = role_of_key(key), key.lower()
        text = str(value).strip()
        if isinstance(value, str) and role is Role.PLACE:
            # A component may be a file or a part of the design, a target an image.
            if name in ("component", "target") and not _is_path(text):
                continue
            if not path or (not _is_path(path) and _is_path(text)):
                path = _of_project(text)
        elif (name in _ENDS and text.isdigit()) or (first and name == "line" and text.isdigit()):
            last = last or text
        elif not first and (role is Role.LINE or name in _LINES) and text[:1].isdigit():
            first = text
    if last.isdigit() and first.isdigit() and int(last) > int(first):
        first = f"{first}-{last}"
    return path, first


def _is_path(text: str) -> bool:
    """Whether a place is a path, and not the name of a module or of a component."""
    return "/" in text or "\\" in text or ".py" in text


def _of_project(text: str) -> str:
    """A path without the project before it: SonarQube writes ``shop:src/app.py``."""
    head, colon, tail = text.partition(":")
    return tail if colon and "/" not in head and tail.endswith(".py") else text


def more_places(item: Mapping[str, Any]) -> Iterator[str]:
    """The places of ``"locations": [{"file": …, "line": 3}, …]`` and of lists of paths."""
    for key, value in item.items():
        if role_of_key(key) is not Role.PLACE or not isinstance(value, list):
            continue
        for part in _dicts(value):
            path, line = place_of(part)
            if path:
                yield written(path, line)


def written(path: str, line: str) -> str:
    """A place as a report would write it."""
    named = any(at.lines for at in locations_of(f"`{path}`"))
    return f"`{path}:{line}`" if line and not named else f"`{path}`"


def _dicts(value: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    return (part for part in value if isinstance(part, dict))
