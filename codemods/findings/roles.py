"""What a field of a finding is for, whatever it is called and in which language: a lexicon."""

from __future__ import annotations

import enum
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


class Role(enum.StrEnum):
    """What a field says; the value is the name that our own readers give to such a field."""

    PLACE = "location"
    LINE = "line"
    SYMBOL = "symbol"
    SEVERITY = "severity"
    PRIORITY = "priority"
    STATUS = "status"
    PROBLEM = "description"
    EVIDENCE = "evidence"
    FIX = "suggested fix"
    IMPACT = "impact"
    TITLE = "title"
    ID = "id"
    RULE = "rule"
    AREA = "dimension"
    EFFORT = "effort"
    RELATED = "related"
    VERDICT = "verdict"
    """What a check of something earlier found: whatever has it is no finding."""


_MARKS = re.compile(r"[*_`~:：\"“”]+|^[^\w#№]+|[^\w)#°º№.]+$")
_PARENTHESES = re.compile(r"[(（][^()（）]{0,60}[)）]$")


def plain_name(written: str) -> str:
    """A field's name in lower case, without marks, emoji and what stands in parentheses."""
    text = unicodedata.normalize("NFKC", written).strip().lower().replace("’", "'")
    text = _MARKS.sub(" ", text).strip()
    return " ".join(_MARKS.sub(" ", text).split())


def role_of(written: str) -> Role | None:
    """The role of a field with this name, ``None`` for a name that the lexicon does not have."""
    if len(written) > 80:
        return None
    name = plain_name(written)
    known = _names()
    return known.get(name) or known.get(_PARENTHESES.sub("", name).strip())


@cache
def names_of(role: Role) -> Mapping[str, frozenset[str]]:
    """The names of a role in each language, in lower case."""
    return {
        language: frozenset(plain_name(name) or name for name in names)
        for language, names in _table().get(role.name.lower(), {}).items()
    }


@cache
def _table() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The lexicon: roles, languages, names."""
    return tomllib.loads(files(__package__).joinpath("roles.toml").read_text("utf-8"))


@cache
def _names() -> dict[str, Role]:
    """Every name of the lexicon with its role; the first one that says it has it."""
    found: dict[str, Role] = {}
    for role, languages in _table().items():
        for names in languages.values():
            for name in names:
                found.setdefault(plain_name(name) or name, Role[role.upper()])
    return found
