"""Which findings ask for bounds on a parameter or a field, and for which."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from codemods.codemod import Hints, Match, Plan
from codemods.demands.code import Call, calls_in, classes_in, declarations_in
from codemods.demands.demands import Demands, Text
from codemods.syntax.dotted import last_part

BOUNDS = ("ge", "gt", "le", "lt", "min_length", "max_length", "multiple_of", "pattern")
_DECLARING = ("Query", "Path", "PathParam", "Body", "Form", "Header", "Cookie", "Field")
_PLACEHOLDERS = ("xx", "xxx", "*", "some")


@dataclass(frozen=True, slots=True)
class Bound:
    """What one parameter or field is to be."""

    name: str
    """May be a pattern: ``*_id``; ``""`` for the one that the finding speaks of."""
    limits: tuple[str, ...]
    """``("ge=1", "le=200")``, each value as code."""
    model: str = ""
    """The class of a field of a model."""
    function: str = ""
    """``Path`` or ``Query`` for all parameters of a kind, and only if they come from there."""

    @property
    def is_sweep(self) -> bool:
        """Whether it is meant for every parameter of a kind."""
        return bool(self.function)

    @property
    def keywords(self) -> tuple[tuple[str, str], ...]:
        """``(("ge", "1"), ("le", "200"))``."""
        parts = (item.partition("=") for item in self.limits)
        return tuple((name.strip(), value.strip()) for name, _, value in parts)


@dataclass(frozen=True, kw_only=True)
class ValidationPlan(Plan):
    """Bounds for parameters and fields."""

    bounds: tuple[Bound, ...]
    finite: bool = False
    """Whether to reject NaN and infinity."""


@dataclass(frozen=True, kw_only=True)
class ValidationHints(Hints):
    """What a finding says that names no parameter beside its bound."""

    candidates: tuple[tuple[str, ...], ...] = ()
    """Names that title, suggestion and description mention."""
    files: tuple[str, ...] = ()
    """Where the parameters of a kind stand."""

    def tier(self, names: Collection[str]) -> tuple[str, ...]:
        """The first of the candidates' groups that has one of ``names``."""
        return next((tier for tier in self.candidates if set(tier) & set(names)), ())


def recognise(demands: Demands) -> Match[ValidationPlan] | None:
    """A claim to findings that miss bounds and give their values.

    One that wants the parameters moved to a model of their own, or that says no value, is not
    meant: bounds are not made up.
    """
    told, fix = demands.opening, demands.fix
    # `Field(ge=0)` on `Model.field` says all, whatever the title is about.
    direct = () if fix.says("either") else tuple(_on_fields(fix))
    if not direct and not demands.title.says("bounds"):
        return None
    known = (demands.shown_code + told).raw
    if any(name not in known for name in classes_in(fix.raw, "BaseModel")):
        return None
    fields = (*direct, *_fields(demands.description))
    # Where the fields are listed one by one, a bound without a name is an example.
    bounds = (*(item for item in _bounds(fix) if item.name or not fields), *fields)
    if not bounds or sum(not item.name for item in bounds) > 1:
        return None
    said = tuple(text.names for text in (demands.title, demands.advice, demands.description))
    swept = any(item.is_sweep for item in bounds)
    hints = ValidationHints(
        scopes=tuple(dict.fromkeys(item.model for item in direct)),
        anchors=() if swept else _anchors(bounds, said),
        aspects=fix.remainders("compared-with-state"),
        count=told.count,
        candidates=said,
        files=tuple(item.path for item in demands.locations if swept and item.path),
    )
    finite = (demands.story + fix).says("not-finite")
    return Match(plan=ValidationPlan(bounds=bounds, finite=finite), strength=85, hints=hints)


def matches(bound: Bound, name: str, candidates: tuple[str, ...]) -> bool:
    """Whether ``bound`` is meant for a parameter ``name``.

    Args:
        bound: one without a name is meant for any of ``candidates``.
        name: the parameter's.
        candidates: see :meth:`ValidationHints.tier`.
    """
    return fnmatchcase(name, bound.name) if bound.name else name in candidates


def _bounds(fix: Text) -> Iterator[Bound]:
    """The bounds of ``name: int = Query(50, ge=1)`` and of ``Query(50, ge=1)``."""
    found: dict[Bound, None] = {}
    for target, call in declarations_in(fix.raw):
        limits = _limits(call)
        if last_part(call.name) not in _DECLARING or not limits:
            continue
        first, line, rest = target.partition("_")
        name = f"*_{rest}" if line and first in _PLACEHOLDERS else target
        sweep = last_part(call.name) if name.startswith("*") else ""
        if not name and any(other.is_sweep for other in found):
            continue
        bound = Bound(name, limits, function=sweep)
        found[bound] = None
        # ``xxx_id: int`` (or ``index: int``): the same for what is beside it.
        beside = [code.removesuffix(": int") for code in fix.code if code.endswith(": int")]
        if sweep and beside and beside[0].isidentifier():
            found[replace(bound, name=beside[0])] = None
    yield from found


def _limits(call: Call) -> tuple[str, ...]:
    """``ge=1`` of a call's arguments, each with a value that is written out."""
    named = ((name, call.given(name)) for name in BOUNDS)
    order = {argument.partition("=")[0].strip(): at for at, argument in enumerate(call.arguments)}
    given = [(order[name], f"{name}={value}") for name, value in named if _is_constant(value)]
    return tuple(text for _, text in sorted(given))


def _is_constant(value: str | None) -> bool:
    try:
        return value is not None and ast.literal_eval(value) is not ...
    except (SyntaxError, ValueError):
        # A name, or what stands for something left out.
        return False


def _on_fields(text: Text) -> Iterator[Bound]:
    """What ``Field(…)`` on ``Model.field`` asks for, each in inline code."""
    for code, between, owner in text.joined_code():
        model, _, field = owner.partition(".")
        if between not in ("on", "to", "for") or not (model[:1].isupper() and field.isidentifier()):
            continue
        for call in calls_in(code):
            limits = _limits(call)
            if last_part(call.name) == "Field" and limits and len(limits) == len(call.arguments):
                yield Bound(field, limits, model)


def _fields(text: Text) -> Iterator[Bound]:
    """``Model.field: int`` / ``other`` — no ``ge=1``."""
    model, fields = "", list[str]()
    for code, between, following in text.joined_code():
        owner, dot, field = code.split(":")[0].strip().partition(".")
        if dot and owner[:1].isupper() and field.isidentifier():
            model, fields = owner, [field]
        elif not fields or code != fields[-1]:
            fields = []
        name = following.split(":")[0].strip()
        if between == "/" and fields and name.isidentifier():
            fields.append(name)
        elif len(between) < 16 and Text(between).says("absent") and ";" not in between:
            limit, equals, value = following.partition("=")
            if equals and limit in BOUNDS and _is_constant(value):
                yield from (Bound(field, (following,), model) for field in fields)


def _anchors(bounds: tuple[Bound, ...], said: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    named = dict.fromkeys(item.name for item in bounds if item.name)
    if len(named) == len(bounds) or all(item.name for item in bounds):
        return tuple(named)
    return tuple(dict.fromkeys([*named, *(name for tier in said for name in tier)]))[:20]
