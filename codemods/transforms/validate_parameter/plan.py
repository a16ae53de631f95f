"""Which findings ask for bounds on a parameter or a field, and for which."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from codemods.codemod import ReadPlan
from codemods.demands.text import identifiers, spoken_count
from codemods.findings.model import Finding
from codemods.findings.text import code_spans
from codemods.syntax.dotted import last_part

BOUNDS = ("ge", "gt", "le", "lt", "min_length", "max_length", "multiple_of", "pattern")

_ABOUT = re.compile(
    r"\b(?:un|in)?validat\w+|\b(?:un)?bound(?:s|ed)?\b|\bout[- ]of[- ](?:bounds|range)\b|"
    r"\bnegative\b|\b(?:un)?constrain\w+|\bge=",
    re.IGNORECASE,
)
_OTHER = re.compile(r"\bcaches?\b|\bevict\w*|\bimported by\b|\bclamp\w*", re.IGNORECASE)
"""What a title says that is about something else, in which a bound is only mentioned."""
_START = re.compile(
    r"(?:(?<![\w*])(?P<name>[A-Za-z_*][\w*]*+)\s*+:\s*+"
    r"(?P<annotation>[\w.\[\], |]*[\w.\[\],|])\s*=\s*)?"
    r"\b(?P<function>(?:fastapi\.|pydantic\.)?(?:Query|Path|PathParam|Body|Form|Header|Cookie|Field))"
    r"\("
)
_NEW_MODEL = re.compile(r"\bclass\s+(\w+)\s*\(\s*(?:\w+\.)?BaseModel\s*\)")
_FIELD_WITHOUT = re.compile(
    r"`(?P<model>[A-Z]\w+)\.(?P<field>[a-z_]\w*+)[^`]*`(?P<others>(?:\s*/\s*`[a-z_][^`]*`)*)"
    r"[^`\n;]{0,12}\bno\s+`(?P<bound>(?:ge|gt|le|lt)=-?[\d.]+)`"
)
_ON_FIELD = re.compile(
    r"`(?:pydantic\.)?Field\((?P<arguments>[^`]*)\)`\s+(?:on|to|for)\s+"
    r"`(?P<model>[A-Z]\w+)\.(?P<field>[a-z_]\w*)`"
)
_EITHER = re.compile(r"\beither\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"^(?:x{2,3}|\*|\\w\+|some)_")
_NOT_FINITE = re.compile(r"\bnan\b|\binf(?:inity|inite)?\b|isfinite|allow_inf_nan", re.IGNORECASE)
_STATE = re.compile(
    r"\b(?:and|also|then)?\s*(?P<what>(?:validat\w+|check\w*|clamp\w*|compare\w*)\s+(?:\w+\s+)?"
    r"(?:against|to|with)\s+[^.;\n]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bound:
    """What one parameter or field is to be."""

    name: str
    """May be a pattern: ``*_id``; ``""`` where only the candidates of the plan say which."""
    keywords: tuple[tuple[str, str], ...]
    """``(("ge", "1"), ("le", "200"))``, each value as code."""
    model: str = ""
    """The class of a field of a model."""
    function: str = ""
    """``Path`` or ``Query`` for all parameters of a kind, and only if they come from there."""

    @property
    def is_sweep(self) -> bool:
        """Whether it is meant for every parameter of a kind."""
        return bool(self.function)


@dataclass(frozen=True, kw_only=True)
class ValidationPlan(ReadPlan):
    """What a finding about missing bounds asks for."""

    bounds: tuple[Bound, ...]
    candidates: tuple[tuple[str, ...], ...] = ()
    """Names that title, suggestion and description mention, for bounds that say no name."""
    finite: bool = False
    """Whether NaN and infinity are to be shut out."""

    def tier(self, names: Collection[str]) -> tuple[str, ...]:
        """The first of the candidates' groups that has one of ``names``."""
        return next((tier for tier in self.candidates if set(tier) & set(names)), ())


def recognise(finding: Finding) -> ValidationPlan | None:
    """A plan for findings that miss bounds and give their values.

    One that wants the parameters moved to a model of their own, or that says no value, is not
    meant: bounds are not made up.
    """
    words = f"{finding.title}\n{finding.description}"
    suggestion = "\n".join(item.text for item in finding.suggestion)
    # `Field(ge=0)` on `Model.field` says all, whatever the title is about.
    told = () if _EITHER.search(suggestion) else tuple(_on_fields(suggestion))
    if not told and (not _ABOUT.search(finding.title) or _OTHER.search(finding.title)):
        return None
    shown = "\n".join(block.text for block in finding.evidence_code)
    if any(name not in f"{shown}\n{words}" for name in _NEW_MODEL.findall(suggestion)):
        return None
    fields = (*told, *_fields(finding.description))
    # Where the fields are listed one by one, a bound without a name is an example.
    bounds = (*(item for item in _bounds(suggestion) if item.name or not fields), *fields)
    if not bounds or sum(not item.name for item in bounds) > 1:
        return None
    said = tuple(
        identifiers(part) for part in (finding.title, finding.suggestion_prose, finding.description)
    )
    return ValidationPlan(
        strength=85,
        scopes=tuple(dict.fromkeys(item.model for item in told)),
        anchors=_anchors(bounds, said),
        bounds=bounds,
        candidates=said,
        finite=_NOT_FINITE.search(f"{words}\n{finding.impact}\n{suggestion}") is not None,
        aspects=tuple(dict.fromkeys(_clean(item["what"]) for item in _STATE.finditer(suggestion))),
        count=spoken_count(words),
    )


def matches(bound: Bound, name: str, candidates: tuple[str, ...]) -> bool:
    """Whether ``bound`` is meant for a parameter ``name``.

    Args:
        bound: one without a name is meant for any of ``candidates``.
        name: the parameter's.
        candidates: see :meth:`ValidationPlan.tier`.
    """
    return fnmatchcase(name, bound.name) if bound.name else name in candidates


def _bounds(text: str) -> Iterator[Bound]:
    found: dict[Bound, None] = {}
    for start in _START.finditer(text):
        call = _call(text, start.end())
        if call is None:
            continue
        keywords = tuple(
            (item.arg, ast.unparse(item.value))
            for item in call.keywords
            if item.arg in BOUNDS and _is_constant(item.value)
        )
        if not keywords:
            continue
        name = _PLACEHOLDER.sub("*_", start["name"] or "")
        sweep = last_part(start["function"]) if name.startswith("*") else ""
        bound = Bound(name, keywords, function=sweep)
        if not name and any(other.is_sweep for other in found):
            continue
        found[bound] = None
        if sweep:
            # ``xxx_id: int`` (or ``index: int``): the same for what is beside it.
            beside = re.search(r"`([a-z]\w*)\s*:\s*int`\)", text)
            if beside is not None:
                found[replace(bound, name=beside[1])] = None
    yield from found


def _on_fields(text: str) -> Iterator[Bound]:
    """What ``Field(…)`` on ``Model.field`` asks for, each in inline code."""
    for found in _ON_FIELD.finditer(text):
        call = _call(text, found.start("arguments"))
        keywords = call.keywords if call is not None and not call.args else []
        if keywords and all(item.arg in BOUNDS and _is_constant(item.value) for item in keywords):
            given = tuple((str(item.arg), ast.unparse(item.value)) for item in keywords)
            yield Bound(found["field"], given, found["model"])


def _call(text: str, start: int) -> ast.Call | None:
    """The call whose arguments begin at ``start``; ``None`` where they do not end or parse."""
    depth = 1
    for index in range(start, min(len(text), start + 600)):
        depth += (text[index] in "([{") - (text[index] in ")]}")
        if depth == 0:
            arguments = text[start:index].replace("…", "...")
            # Ellipses among keywords only stand for what is left out.
            arguments = re.sub(r"(=[^=,()]+),\s*\.\.\.\s*$", r"\1", arguments)
            try:
                tree = ast.parse(f"f({arguments})", mode="eval")
            except SyntaxError:
                return None
            return tree.body if isinstance(tree.body, ast.Call) else None
    return None


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant) and node.value is not Ellipsis


def _fields(description: str) -> Iterator[Bound]:
    """``Model.field: int`` — no ``ge=1``."""
    for found in _FIELD_WITHOUT.finditer(description):
        name, _, value = found["bound"].partition("=")
        names = [found["field"]]
        for span in code_spans(found["others"]):
            names.append(re.split(r"\W", span.text)[0])
        for field in names:
            yield Bound(field, ((name, value),), found["model"])


def _anchors(bounds: tuple[Bound, ...], said: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    if any(item.is_sweep for item in bounds):
        return ()
    if any(not item.name for item in bounds):
        named = [item.name for item in bounds if item.name]
        return tuple(dict.fromkeys([*named, *(name for tier in said for name in tier)]))[:20]
    return tuple(dict.fromkeys(item.name for item in bounds))


def _clean(text: str) -> str:
    return " ".join(text.replace("`", "").split()).rstrip(" .,")
