"""Whether dead code may go, and the edits that take it out."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from codemods.analysis.flow.pure import is_pure
from codemods.analysis.names.index import index_of
from codemods.analysis.names.values import Foreign, decorator_names
from codemods.analysis.references.examples import examples
from codemods.analysis.references.mentions import shown
from codemods.analysis.references.uses import References, Use, references
from codemods.codemod import (
    Change,
    DropLines,
    Edit,
    Edited,
    Node,
    Operation,
    Refusal,
    Safety,
    site_of,
)
from codemods.project.paths import is_test
from codemods.project.project import Project
from codemods.project.source import SourceFile
from codemods.rewriting.removal import import_removal, lines_of
from codemods.syntax.dotted import last_name, last_part
from codemods.syntax.lazy import cst
from codemods.syntax.lines import Lines
from codemods.syntax.spans import Span
from codemods.syntax.statements import is_bare_constant, siblings
from codemods.syntax.tree import DEFINITIONS, FUNCTIONS
from codemods.tables import listed, words
from codemods.transforms.remove_dead_code.leftovers import unused_imports
from codemods.transforms.remove_dead_code.targets import Target, has_method

_HARMLESS = frozenset(
    words(
        "staticmethod classmethod property cached_property lru_cache cache wraps dataclass "
        "abstractmethod override final deprecated contextmanager asynccontextmanager njit jit "
        "setter getter deleter overload singledispatch total_ordering runtime_checkable"
    )
)
_HARMLESS_BASES = re.compile(
    r"(?:^|\.)(?:object|ABC|Protocol|Generic|Exception|BaseException|\w*Error|Enum|StrEnum|"
    r"IntEnum|NamedTuple|TypedDict|BaseModel)$"
)
_RULE = re.compile(rb"[-=#*~]{4,}")
_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Removal:
    """Decides about the targets of one finding, which may need each other."""

    project: Project
    targets: Sequence[Target]
    gone: Sequence[ast.AST]
    """The trees of files that are deleted with it: what they use is not needed."""

    def verdicts(self) -> Iterator[Change | Refusal]:
        """A change or a refusal for each target."""
        staying = {
            target: self._refusal(target, *why)
            for target in self.targets
            if (why := self._structure(target)) is not None
        }
        # Dead code that calls other dead code counts only while all of it goes.
        while True:
            going = [item for item in self.targets if item not in staying]
            trees = [*(node for item in going for node in item.nodes), *self.gone]
            found = {target: self._references(target, trees) for target in going}
            needed = {target: item.uses for target, item in found.items() if item.uses}
            staying |= {target: self._needed(target, uses) for target, uses in needed.items()}
            if not needed:
                break
        for target in self.targets:
            yield staying.get(target) or self._gone(target, found[target])

    def _references(self, target: Target, trees: Sequence[ast.AST]) -> References:
        if target.kind == "expression":
            return References(())
        last = last_part(target.name)
        node = target.nodes[0]
        found = references(self.project, target.source, last, node, target.owner, trees)
        run, _ = examples(self.project, last, trees)
        uses = tuple(Use(item.path, item.line) for item in run)
        return dataclasses.replace(found, uses=(*found.uses, *uses))

    def _structure(self, target: Target) -> tuple[str, str] | None:
        """What speaks against it in the code itself: a reason and a sentence."""
        node = target.nodes[0]
        if target.kind == "attribute" and self._is_field(target):
            return "field", f"{target.name} is declared in its class, and may be a field"
        if not isinstance(node, DEFINITIONS):
            return None
        others = [name for name in decorator_names(node) if name not in _HARMLESS]
        if others or any(
            isinstance(item, ast.Call) and last_name(item.func) not in _HARMLESS
            for item in node.decorator_list
        ):
            shown = ", ".join(others) or "a call"
            return "registered", f"{target.name} is decorated by {shown}, which may register it"
        if is_test(target.source.path) and node.name.lower().startswith("test"):
            return "collected", f"pytest collects {target.name} by its name"
        if isinstance(node, FUNCTIONS) and target.owner is not None:
            if node.name.startswith("__") and node.name.endswith("__"):
                return "special-method", f"Python itself calls {target.name}"
            if (base := self._overridden(target, target.owner, node.name)) is not None:
                return (
                    "overrides",
                    f"{target.name} may be called through {base}, which also defines it",
                )
        return None

    def _is_field(self, target: Target) -> bool:
        assert target.owner is not None
        declared = (item.target for item in target.owner.body if isinstance(item, ast.AnnAssign))
        return last_part(target.name) in map(ast.unparse, declared)

    def _overridden(self, target: Target, holder: ast.ClassDef, name: str) -> str | None:
        """The base class whose method it can be, or which is not known."""
        index = index_of(self.project)
        owner = next((ref for ref in index.definitions(holder.name) if ref.node is holder), None)
        if owner is None:
            return None
        for base in index.resolver.classes.lineage(owner):
            if isinstance(base, Foreign):
                if not _HARMLESS_BASES.search(base.name) and not name.startswith("_"):
                    return base.name
            elif base.ref.node is not holder and has_method(base.ref.node, name):
                return base.ref.name
        unknown = [item for item in holder.bases if not index.resolve(target.source, item)]
        return ast.unparse(unknown[0]) if unknown and not name.startswith("_") else None

    def _needed(self, target: Target, uses: Sequence[Use]) -> Refusal:
        certain = [use for use in uses if use.certain]
        places = listed([f"{use.path}:{use.line}" for use in certain or uses], _MOST_SHOWN)
        if certain:
            return self._refusal(target, "used", f"{target.name} is used in {places}")
        text = f"{places} may use {target.name}, but the type of the object is unknown"
        return self._refusal(target, "perhaps-used", text)

    def _gone(self, target: Target, found: References) -> Change | Refusal:
        source = target.source
        edits: list[Edit] = []
        for node in target.nodes:
            # What stands above a statement that does nothing is about what follows it.
            own = target.kind != "expression" and self._own_comment(source, node)
            span = lines_of(source, node, comments_above=own)
            if span is None:
                text = f"{target.name} shares its line with other code"
                return self._refusal(target, "shares-lines", text)
            same = [item for item in self.targets if item.source is source]
            going = [node for item in same for node in item.nodes]
            if all(item in going for item in siblings(source.tree, node)):
                text = f"{target.name} is the only code in its block"
                return self._refusal(target, "only-statement", text)
            edits.append(DropLines(source.path, span))
        for other, statement, alias in found.imports:
            removal = import_removal(other, statement, [alias])
            if isinstance(removal, Refusal):
                return self._refusal(target, removal.reason, f"{removal.detail} ({other.path})")
            edits += removal
        edits += [without_entry(other, entry) for other, entry in found.exports]
        edits += unused_imports(self.project, [(source, node) for node in target.nodes])
        what = f"{target.name} is removed: nothing uses it"
        if target.kind == "expression":
            what = f"the statement {target.name} is removed: it does nothing"
        notes = (*self._notes(target), *self._told(target))
        site = site_of(source, target.nodes[0])
        return Change(site, what, tuple(dict.fromkeys(edits)), Safety.REVIEW, notes)

    def _own_comment(self, source: SourceFile, node: ast.stmt) -> bool:
        """Whether the comment right above belongs to it, and is no heading of a section."""
        lines = Lines(source.utf8)
        first = node.lineno
        if isinstance(node, DEFINITIONS) and node.decorator_list:
            first = min(first, node.decorator_list[0].lineno)
        above = takewhile(lines.is_comment, range(first - 1, 0, -1))
        return not any(_RULE.search(lines.raw(line)) for line in above)

    def _notes(self, target: Target) -> tuple[str, ...]:
        if target.kind not in ("attribute", "alias"):
            return ()
        calls = [
            ast.unparse(node.value.func)
            for node in target.nodes
            if isinstance(node, (ast.Assign, ast.AnnAssign))
            and isinstance(node.value, ast.Call)
            and not is_pure(node.value)
        ]
        return tuple(f"{name}() is no longer called for it" for name in dict.fromkeys(calls))

    def _told(self, target: Target) -> tuple[str, ...]:
        """Examples that nobody runs, and that speak of it."""
        if target.kind not in ("definition", "alias"):
            return ()
        last = last_part(target.name)
        _, told = examples(self.project, last, target.nodes)
        return (f"an example in {shown(told)} still calls {last}",) if told else ()

    def _refusal(self, target: Target, reason: str, detail: str) -> Refusal:
        return Refusal(reason, detail, site_of(target.source, target.nodes[0]))


def is_all(source: SourceFile, targets: Sequence[Target]) -> bool:
    """Whether nothing but imports and texts would stay in the file."""
    going = [node for item in targets if item.source is source for node in item.nodes]
    return bool(going) and not any(
        item not in going
        and not isinstance(item, (ast.Import, ast.ImportFrom))
        and not is_bare_constant(item)
        and not ast.unparse(item).startswith("__all__")
        for item in source.tree.module.body
    )


@dataclass(frozen=True, slots=True)
class WithoutEntry:
    """``__all__`` without an entry."""

    name: str

    def edit(self, node: Node) -> Edited:
        """The list."""
        if not isinstance(node, (cst.List, cst.Tuple)):
            return None
        kept: list[cst.BaseElement] = []
        for element in node.elements:
            value = element.value
            if isinstance(value, cst.SimpleString) and value.evaluated_value == self.name:
                if kept and element is node.elements[-1]:
                    kept[-1] = kept[-1].with_changes(comma=element.comma)
                continue
            kept.append(element)
        return node.with_changes(elements=kept)


def without_entry(source: SourceFile, entry: ast.Constant) -> Edit:
    """``__all__`` without an entry: its line goes, or the entry of a line of several."""
    start = source.line_starts[entry.lineno - 1]
    line = Span(start, source.line_end(entry.lineno))
    text = source.utf8[line.start : line.end].partition(b"#")[0].strip()
    span = source.span(entry)
    if text.rstrip(b",").strip() == source.utf8[span.start : span.end]:
        return DropLines(source.path, _with_heading(source, entry, line))
    around = source.tree.parent(entry)
    assert isinstance(around, ast.expr)
    return Operation(source.path, source.span(around), WithoutEntry(str(entry.value)))


def _with_heading(source: SourceFile, entry: ast.Constant, line: Span) -> Span:
    """The line of an entry, with the comment above it where no other entry follows under that."""
    lines = Lines(source.utf8)
    number = entry.lineno
    follows = source.line_text(number + 1).strip() if number < len(lines) else ""
    alone = not follows or follows.startswith(("#", "]", ")"))
    if number < 2 or not alone or not lines.is_comment(number - 1):
        return line
    if lines.is_comment(number - 2) if number > 2 else False:
        # Several lines of comment are more than a heading.
        return line
    return Span(source.line_starts[number - 2], line.end)
