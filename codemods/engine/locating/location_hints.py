"""What a finding says about where it stands: names, code and lines, each read once."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codemods.codemod import Hints
from codemods.demands.demands import Text
from codemods.demands.phrases import sentences
from codemods.engine.locating.dangling import dangling
from codemods.engine.locating.evidence import (
    EvidenceRegion,
    Statement,
    evidence_regions,
    suggested_statements,
)
from codemods.engine.locating.mentions import (
    Mention,
    lists_in,
    mentions,
    numbers_in,
    routes_in,
)
from codemods.engine.locating.outline import Container, Outline
from codemods.engine.locating.tokens import ANYTHING, bare, scan
from codemods.findings.model import Finding
from codemods.findings.text import code_spans
from codemods.syntax.dotted import last_part

_CLASS = re.compile(r"[A-Z][a-z]+[A-Z]")
_COMMON = frozenset(
    (
        *("self", "cls", "async", "await", "return", "raise", "from", "import", "none", "true"),
        *("false", "else", "elif", "with", "dict", "list", "tuple", "float", "bool", "bytes"),
        *("print", "logger", "isinstance", "open", "type", "range", "json", "path", "optional"),
        *("except", "exception", "while", "break", "continue", "yield", "lambda", "assert"),
    )
)


@dataclass(frozen=True, slots=True)
class LocationHints:
    """What one finding says of its place."""

    title: str
    named: tuple[Mention, ...]
    """Names in the title and beside the paths of the location."""
    described: tuple[tuple[Mention, ...], ...]
    """Names in the description, sentence by sentence."""
    lists: tuple[tuple[Mention, ...], ...]
    """Names that the description enumerates: ``get_it``, ``put_it`` and ``drop_it``."""
    classes: frozenset[str]
    """Names in the finding that are written as those of classes."""
    routes: tuple[str, ...]
    regions: tuple[EvidenceRegion, ...]
    suggested: tuple[Statement, ...]
    scopes: tuple[Mention, ...]
    anchors: tuple[str, ...]
    count: int | None
    quoted: tuple[tuple[str, ...], ...] = ()
    """The inline code of everything but the fix, as tokens."""
    elsewhere: frozenset[str] = frozenset()
    """Names that another of the files that the finding names has, and this one has not."""

    @property
    def evidence_names(self) -> frozenset[str]:
        """Names in the evidence that are not in every file."""
        return frozenset(
            key
            for region in self.regions
            for item in region.statements
            for key in item.keys
            if key.isidentifier() and len(key) > 3 and key.lower() not in _COMMON
        )

    @property
    def evidence_marks(self) -> frozenset[str]:
        """The names of the evidence and its longer strings, without what it calls: a fix that was
        made since calls something else (``read_bytes`` for ``open`` and ``read``)."""
        return frozenset(
            key
            for region in self.regions
            for item in region.statements
            for key, following in zip(item.keys, (*item.keys[1:], ""), strict=True)
            if (key in self.evidence_names and following != "(") or ('"' in key and len(key) > 8)
        )

    @property
    def numbers(self) -> frozenset[str]:
        """Literals such as ``16384`` that the title marks as code."""
        return frozenset(numbers_in(self.title))

    @property
    def code_names(self) -> frozenset[str]:
        """What title and description mark as code."""
        said = (*self.named, *(item for sentence in self.described for item in sentence))
        return frozenset(item.name for item in said if item.marked and len(item.name) > 2)

    def definitions(
        self, outline: Outline, here: frozenset[str] = frozenset()
    ) -> tuple[list[Container], str]:
        """The definitions that the finding names in a file, by its best hint, and which that was.

        The title goes first, then the ``def`` and ``class`` lines of the evidence, then the route
        of a handler, then the first
        sentence of the description that names any: later ones speak of siblings and callers.

        Args:
            outline: the file.
            here: names at the reported lines.
        """
        found: list[Container] = [*outline.named(self.named)]
        subject = self.subject(outline)
        if found and not (gone(subject, outline, here) and not outline.named(subject)):
            return found, "the title names"
        if found or self.lost(outline, here):
            # "`first()` calls `second()`" is not about the second where the first is gone.
            return [], ""
        headers = [
            Mention(name, None, marked=True) for region in self.regions for name in region.headers
        ]
        found = [*outline.named(headers)]
        if found:
            return found, "the evidence shows the definition of"
        found = [*outline.routed(self.routes)]
        if found:
            return found, "the finding names the route of"
        for sentence in self.described:
            found = [*outline.named(sentence)]
            if found and self._is_subject(sentence, found, outline):
                return found, "the description names"
        return [], ""

    def _is_subject(
        self, sentence: tuple[Mention, ...], found: list[Container], outline: Outline
    ) -> bool:
        """Whether a sentence is about what it names: it names that first, or says other things
        that stand in it. "Not stopped if ``stop()`` is not called" is about another one."""
        first = next((item for item in sentence if item.marked), None)
        if first is not None and outline.resolve(first):
            return True
        own = {node.name for node in found if not isinstance(node, ast.Module)}
        return any(outline.holds(node, self.code_names - own) for node in found)

    def subject(self, outline: Outline) -> list[Mention]:
        """The code that the title names before words such as "without"."""
        # ``webm_streaming`` in a title is the file itself, and nothing that could go from it.
        return [
            item
            for item in self._own(mentions(_before_other_code(self.title)))
            if _is_code(item) and not outline.is_stem(item.text)
        ]

    def _own(self, names: Iterable[Mention]) -> list[Mention]:
        """Those that are not about another of the finding's files."""
        return [item for item in names if item.name not in self.elsewhere]

    def lost(self, outline: Outline, here: frozenset[str] = frozenset()) -> bool:
        """Whether the file no longer has what the finding is about.

        That is so if the title names code before words such as "without" (what follows them may
        be the fix) that does not stand in the file; or else if the first sentence of the
        description that names code has none of it there.

        Args:
            outline: the file.
            here: names at the reported lines.
        """
        said = self.subject(outline)
        # The last is what it is about: ``ProcessingEngine cancel_job``.
        if said and (gone(said[-1:], outline, here) or not is_class(said[-1].name)):
            return gone(said[-1:], outline, here)
        for sentence in map(self._own, self.described):
            if any(item.marked for item in sentence):
                return gone(sentence, outline, here)
        return False


def _before_other_code(title: str) -> str:
    """What a title says before it comes to other code than what it is about."""
    first, space, rest = title.partition("/")[0].partition(" ")
    # "Missing `f()`" begins with one of these words, and is about `f()`.
    return first + space + rest[: Text(rest).place_of("other-code-follows")]


def gone(names: Iterable[Mention], outline: Outline, here: frozenset[str] = frozenset()) -> bool:
    """Whether the first of ``names`` that is code is neither defined nor used in the file.

    A use of what the file does not define counts only at the reported lines (``here``).
    """
    first = next(
        (item for item in names if _is_code(item) and not outline.is_stem(item.text)), None
    )
    if first is None or outline.resolve(first):
        return False
    if first.owner and outline.is_own(first.owner):
        # ``artist_repository.search()`` of a class in this file, and no such method in it.
        return True
    # A key of a dictionary, or the name of a column, stands in the file as a string.
    used = outline.holds(outline.module, [first.name, f'"{first.name}"'])
    return not used or (bare(first.name) not in here and dangling(outline, first.name))


def is_class(name: str) -> bool:
    """Whether a name is written as that of a class."""
    return _CLASS.match(name) is not None


def _is_code(item: Mention) -> bool:
    """Names that are sure to be code: plain words and the names of products are not."""
    if item.name.isupper() or hasattr(builtins, item.name):
        return False
    return item.marked and (
        item.called
        or "_" in item.name.strip("_")
        or item.owner is not None
        or _CLASS.match(item.name) is not None
    )


def location_hints(finding: Finding, claimed: Hints | None) -> LocationHints:
    """Reads the hints of a finding; a claim's scopes, anchors and count go in as they are."""
    beside = " ".join(
        text
        for item in finding.locations
        for text in (f"`{item.symbol}`" if item.symbol else "", item.note or "")
        if text
    )
    # ``Class.method`` before the parenthesis of a title is the place; the rest is colour.
    named = (*mentions(finding.title), *mentions(beside))
    prose = "\n\n".join(item.prose or item.text for item in finding.told)
    prose = re.sub(r"^#+ ", "", prose)
    return LocationHints(
        finding.title,
        named,
        tuple(tuple(mentions(sentence)) for sentence in sentences(prose)),
        tuple(tuple(mentions(item)) for item in lists_in(prose)),
        frozenset(
            name
            for item in (*named, *mentions(finding.prose))
            for name in (item.name, item.owner)
            if name and (is_class(name) or name[0].isupper())
        ),
        routes_in(f"{finding.title}\n{prose}"),
        evidence_regions(finding),
        suggested_statements(finding),
        tuple(_scope_mentions(claimed.scopes)) if claimed else (),
        claimed.anchors if claimed else (),
        claimed.count if claimed else None,
        tuple(_quoted(finding)),
    )


def _quoted(finding: Finding) -> Iterator[tuple[str, ...]]:
    """Each piece of inline code as tokens. What a fix quotes is not there yet."""
    fixes = {id(item) for item in finding.suggestion}
    told = (item.prose or item.text for item in finding.fields if id(item) not in fixes)
    for text in (finding.title, *told):
        for span in code_spans(text):
            keys = tuple(key for kind, key, _ in scan(span.text) if kind != "comment")
            if keys and ANYTHING not in keys:
                yield keys


def _scope_mentions(scopes: Iterable[str]) -> Iterable[Mention]:
    for scope in scopes:
        owner, _, name = scope.removesuffix("()").rpartition(".")
        yield Mention(name, last_part(owner) or None, marked=True)
