"""Replace `datetime.utcnow()` with the timezone-aware `datetime.now(timezone.utc)`.

`utcnow()` returns the UTC time without a time zone. `timestamp()` and other methods treat it as
local time, and Python 3.12 deprecates it.

```python
started = datetime.utcnow()
work()
elapsed = datetime.utcnow() - started
```

becomes

```python
started = datetime.now(timezone.utc)
work()
elapsed = datetime.now(timezone.utc) - started
```

A time with a time zone cannot be compared with one without. So each time is followed through the
variables of its function and the private attributes of its class; either everything that it is
combined with changes too, or nothing does. `utcfromtimestamp(x)` becomes
`fromtimestamp(x, tz=timezone.utc)`, `utcnow().replace(tzinfo=UTC)` becomes `now(UTC)`, and
`utcnow().isoformat() + "Z"` keeps its text. The import follows the style of the file:
`datetime.timezone.utc`, `dt.timezone.utc`, or `timezone` added to the import of `datetime`; if
`timezone` is Django's, it is imported as `dt_timezone`.

## Fix safety

Safe if the results stay the same: parts of the time, differences, comparisons, and texts without a
time zone. Needs review for a timestamp, which was wrong unless the clock is set to UTC. Only if a
finding asks for it, and needs review: a text that now ends in `+00:00`, and an attribute, a key or
an argument that nothing in the project reads. For these, and in a project whose tests patch
`utcnow`, a scan only shows the fix.

## Not rewritten

* A time that is compared with, or subtracted from, a value that may have no time zone: a parameter,
  a column, `datetime(1970, 1, 1)`, or the result of `strptime`.
* A time that is stored in a column without `timezone=True`, or in an attribute, a key or an
  argument that the project reads somewhere.
* A time that is returned, stored in a collection, or passed to a function.
* `f"{datetime.utcnow().isoformat()}Z"`, whose text would then contain the time zone twice.
* `utcnow` itself passed as a function, except as `default_factory=` of a field that nothing reads
  and as the default of a column with `timezone=True`.
* A module in which `timezone` cannot be imported because the name means something else.

## Known limitations

Callers of a function that returns a time are not followed, and neither are module variables.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import partial

from codemods.analysis.dates.slots import column_in, reader_of
from codemods.analysis.dates.utc_values import MAKERS, Group, Kind, Use, group_of
from codemods.codemod import (
    AuditWords,
    Change,
    Codemod,
    Operation,
    Place,
    Refusal,
    Safety,
    Scope,
    itself,
    site_of,
)
from codemods.findings.model import Severity
from codemods.project.linter_comments import switched_off
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.syntax.names import qualified_name
from codemods.syntax.tree import Tree, position
from codemods.transforms.aware_utc.edit import Aware, WithZone, Zulu
from codemods.transforms.aware_utc.plan import RULES, UtcPlan, recognise
from codemods.transforms.aware_utc.zones import handed_over, zone_at

_IN_TESTS = (b"utcnow.return_value", b"utcnow.side_effect")


def find(scope: Scope, plan: UtcPlan | None) -> Iterator[Change | Refusal]:
    """The naive UTC times that a finding means, or all of a file."""

    def meant(place: Place) -> list[ast.Attribute]:
        tree = place.source.tree
        found = tree.within(place.node, ast.Attribute)
        naive = [node for node in found if qualified_name(tree, node) in MAKERS]
        if plan is None:
            return naive
        return place.focus(sorted([*naive, *filter(partial(_is_aware, tree), found)], key=position))

    done: set[ast.AST] = set()
    for place, found in scope.once(meant, itself):
        source = place.source
        for node in found:
            call = source.tree.call_of(node)
            if _is_aware(source.tree, node):
                detail = f"{ast.unparse(call or node)} already has a time zone"
                yield Refusal("aware", detail, site_of(source, node), already=True)
            elif call is None:
                yield handed_over(scope.project, source, node, plan)
            elif call not in done:
                group = group_of(scope.project, source, call)
                verdict = _verdict(scope.project, source, call, group, plan)
                if isinstance(verdict, Change):
                    done |= group.makers.keys()
                yield verdict


def _is_aware(tree: Tree, node: ast.Attribute) -> bool:
    call = tree.call_of(node) if node.attr == "now" else None
    given = call is not None and bool(call.args or call.keywords)
    return given and qualified_name(tree, node) == "datetime.datetime.now"


def _verdict(
    project: Project, source: SourceFile, call: ast.Call, group: Group, plan: UtcPlan | None
) -> Change | Refusal:
    site = site_of(source, call)
    method = ast.unparse(call.func)
    line = switched_off(source, call.lineno, call.end_lineno or call.lineno, RULES)
    if plan is None and line is not None:
        return Refusal("noqa", f"a comment on line {line} asks to keep {method}() as it is", site)
    refused = next(iter(group.of(Kind.REFUSED)), None) or _read_slot(project, group)
    if refused is not None:
        detail = f"{method}() is not changed: {refused.detail} (line {refused.node.lineno})"
        return Refusal("naive-elsewhere", detail, site)
    written = zone_at(project, source, call, plan)
    if isinstance(written, str):
        return Refusal("name-taken", written, site)
    zone, edits = written
    operations = [_operation(source, maker, zone) for maker in group.makers]
    operations += [Operation(source.path, source.span(item), Zulu()) for item in group.zulu]
    if not any(isinstance(item.payload, Aware) for item in operations):
        edits = []
    shown = [use for use in group.uses if use.kind in (Kind.TEXT, Kind.SLOT)]
    instants = group.of(Kind.INSTANT)
    safety = Safety.REVIEW if instants or shown else Safety.SAFE
    if shown and plan is None:
        safety = Safety.DISPLAY
    notes = tuple(dict.fromkeys(_note(use) for use in (*instants, *shown)))
    replaced = next(project.containing(*_IN_TESTS), None)
    if replaced is not None:
        notes += (f"{replaced.path} patches utcnow() and must be changed too",)
        safety = Safety.DISPLAY if plan is None else Safety.REVIEW
    count = len(group.makers)
    what = f"{method}() gets a time zone" + (f", and {count - 1} more" if count > 1 else "")
    found = f"{method}() returns a time without a time zone"
    return Change(site, what, (*operations, *edits), safety, notes, found=found)


def _read_slot(project: Project, group: Group) -> Use | None:
    """A named place that a time of the group goes into, and that may not take one with a zone."""
    for use in group.of(Kind.SLOT):
        column = column_in(project, use.detail)
        if column is not None:
            return Use(Kind.REFUSED, use.node, f"{use.detail} is a column at {column}")
        read = reader_of(project, use.detail, group.nodes)
        if read is not None:
            return Use(Kind.REFUSED, use.node, f"{use.detail} is read at {read}")
    for use in group.of(Kind.TEXT):
        read = reader_of(project, use.slot, ()) if use.slot else None
        if read is not None and read.source.holds(b"fromisoformat"):
            return Use(Kind.REFUSED, use.node, f"its text is read back at {read}")
    return None


def _note(use: Use) -> str:
    if use.kind is Kind.SLOT:
        return f"{use.detail} then contains a time with a time zone (line {use.node.lineno})"
    return f"{use.detail} (line {use.node.lineno})"


def _operation(source: SourceFile, maker: ast.Call, zone: str) -> Operation:
    tree = source.tree
    asked = tree.parent(maker)
    call = tree.call_of(asked) if isinstance(asked, ast.Attribute) else None
    match call:
        case ast.Call(func=ast.Attribute(attr="replace"), args=[], keywords=[given]) if (
            given.arg == "tzinfo" and not (maker.args or maker.keywords) and _is_utc(given.value)
        ):
            return Operation(source.path, source.span(call), WithZone())
    method = MAKERS[qualified_name(tree, maker.func) or ""]
    return Operation(source.path, source.span(maker), Aware(method, zone))


def _is_utc(zone: ast.expr) -> bool:
    """Whether a zone is UTC by its name: ``timezone.utc``, ``pytz.UTC``, ``ZoneInfo("UTC")``."""
    match zone:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name.lower() == "utc"
        case ast.Call(args=[ast.Constant(value="UTC")]):
            return True
    return False


_NAIVE = re.compile(rb"utc(?:now|fromtimestamp)\b")
_AS = re.compile(rb"(?<!\w)as[ \t\r\n\\]+([\w\x80-\xff]+)")
_WORD = re.compile(rb"[\w\x80-\xff]+")
_NEAR = 200
"""How many bytes before a word are looked at."""


def prefilter(_project: Project, source: SourceFile, _options: Mapping[str, object]) -> bool:
    """Whether it may be ``datetime``, by its own name or another one, that is asked for UTC."""
    data = source.data
    asked = {
        _asked(data[max(0, match.start() - _NEAR) : match.start()])
        for match in _NAIVE.finditer(data)
    }
    return bool(asked - {None}) and not asked.isdisjoint({b"", b"datetime", *_renamed(data)})


def _asked(before: bytes) -> bytes | None:
    """The last word of what is asked for an attribute, which ``before`` ends in front of: ``b""``
    where that is hard to tell, ``None`` where it is no attribute."""
    if not before.rstrip(b" \t\r\n\\").endswith(b"."):
        return None if before else b""
    line = before.rpartition(b"\n")[2].rstrip(b" \t").removesuffix(b".").rstrip(b" \t)")
    words = _WORD.findall(line)
    return words[-1] if words and line.endswith(words[-1]) else b""


def _renamed(data: bytes) -> Iterator[bytes]:
    """The names that something called ``datetime`` is imported by."""
    for match in _AS.finditer(data):
        before = data[max(0, match.start() - _NEAR) : match.start()].rstrip(b" \t\r\n\\")
        if before.endswith(b"datetime") or b"#" in before.rpartition(b"\n")[2]:
            yield match[1]


codemod = Codemod(
    name="aware-utc",
    area="Names and values",
    asked_in="give time zone datetime timezone utcnow",
    subjects=("naive-utc",),
    recognise=recognise,
    plan=UtcPlan,
    find=find,
    triggers=(b"utcnow", b"utcfromtimestamp"),
    prefilter=prefilter,
    rules=RULES,
    audit=AuditWords(
        "A UTC time has no zone",
        Severity.LOW,
        "Correctness",
        "Code that takes it for local time is off by the UTC offset; deprecated since Python 3.12.",
    ),
)
