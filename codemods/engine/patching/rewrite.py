"""Carrying out operations: libcst on the lines that change, everything else as bytes.

Each region is parsed at its true depth, must be reproduced by libcst to the byte before anything
is edited, and is spliced back. Imports are a separate edit, on the text that results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from codemods.codemod import (
    AddImport,
    Change,
    DeleteFile,
    DropImport,
    DropLines,
    Operation,
    Refusal,
    SetLines,
)
from codemods.engine.patching.formatting import Formatter
from codemods.engine.patching.import_edits import import_edit
from codemods.engine.patching.regions import Region, RegionError, region_of
from codemods.engine.patching.surgery import RefusedError, Surgeon
from codemods.project.project import Project
from codemods.project.source import EncodingError, SourceFile
from codemods.syntax.lazy import cst
from codemods.syntax.spans import Span

OfLines = Operation | DropLines | SetLines
"""Edits of lines; the others are of imports and of whole files."""

ENCODING = "encoding"
"""Why a change is refused whose text, or whose file's bytes, the file's encoding cannot write."""


@dataclass(frozen=True, slots=True)
class Splice:
    """One replacement of whole lines."""

    span: Span
    new: bytes


@dataclass(frozen=True, slots=True)
class RewrittenFile:
    """A file before and after, with the splices that were made, in order."""

    before: SourceFile
    after: SourceFile
    splices: tuple[Splice, ...]
    """Against ``before``, without the imports."""
    import_splices: tuple[Splice, ...]
    """Each against the text that the one before it gave."""
    removed: tuple[Span, ...] = ()
    """Lines of ``before`` that were taken out with their comments, as was asked."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What came of a set of changes: files, the changes carried out, and those that were not."""

    files: tuple[RewrittenFile, ...]
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]
    deleted: tuple[SourceFile, ...] = ()
    """Files that go; none of them is among ``files``."""


def rewrite(
    project: Project,
    changes: Sequence[Change],
    formatter_for: Callable[[SourceFile], Formatter],
) -> Rewritten:
    """Carry out ``changes``; one that cannot be carried out whole is left out whole.

    Args:
        project: where the files are read from.
        changes: in any order; edits that two changes have in common are made once.
        formatter_for: gives the formatter that fits a file.
    """
    wanted = list(changes)
    refusals: list[Refusal] = []
    while wanted:
        try:
            files = _rewrite_all(project, wanted, formatter_for)
        except RefusedError as stop:
            left_out = [change for change in wanted if stop.operation in change.edits]
            refusals += [
                Refusal(stop.refusal.reason, stop.refusal.detail, change.site)
                for change in left_out
            ]
            wanted = [change for change in wanted if stop.operation not in change.edits]
        else:
            deleted = tuple(project.source(path) for path in _deleted(wanted))
            return Rewritten(files, tuple(wanted), tuple(refusals), deleted)
    return Rewritten((), (), tuple(refusals))


def _rewrite_all(
    project: Project,
    changes: Sequence[Change],
    formatter_for: Callable[[SourceFile], Formatter],
) -> tuple[RewrittenFile, ...]:
    edits = list(dict.fromkeys(item for change in changes for item in change.edits))
    found = []
    deleted = _deleted(changes)
    for path in dict.fromkeys(item.path for item in edits if item.path not in deleted):
        source = project.source(path)
        operations = [item for item in edits if item.path == path and isinstance(item, OfLines)]
        wanted = [
            item
            for item in edits
            if item.path == path and not isinstance(item, OfLines | DeleteFile)
        ]
        imports: list[Splice] = []
        item: OfLines | AddImport | DropImport = (*operations, *wanted)[0]
        try:
            # A file that cannot be edited at all costs no parse.
            source.replaced(())
            splices = _splices(source, operations, formatter_for(source))
            after = source.replaced((splice.span, splice.new) for splice in splices)
            for item in wanted:
                made = import_edit(project, after, item, formatter_for(source).line_length)
                if made is not None:
                    after = after.replaced([made])
                    imports.append(Splice(*made))
        except EncodingError as error:
            raise RefusedError(item, Refusal(ENCODING, str(error))) from error
        if after.data != source.data:
            removed = tuple(item.target for item in operations if isinstance(item, DropLines))
            found.append(RewrittenFile(source, after, tuple(splices), tuple(imports), removed))
    return tuple(found)


def _deleted(changes: Sequence[Change]) -> dict[str, None]:
    """The paths that go, each once."""
    return dict.fromkeys(
        item.path for change in changes for item in change.edits if isinstance(item, DeleteFile)
    )


def _splices(
    source: SourceFile, operations: Sequence[OfLines], formatter: Formatter
) -> list[Splice]:
    grouped = _closed(source, _grouped(source, operations))
    return [
        Splice(region.span, _edited(source, region, members, formatter))
        for region, members in grouped
    ]


_Group = tuple[Region, list[OfLines]]


def _grouped(source: SourceFile, operations: Iterable[OfLines]) -> list[_Group]:
    """Regions that do not overlap, each with its operations; an outer region takes the inner."""
    located: list[tuple[Region, OfLines]] = []
    for operation in operations:
        if isinstance(operation, DropLines | SetLines):
            located.append((Region(operation.target, ()), operation))
            continue
        try:
            located.append((region_of(source, operation.target), operation))
        except RegionError as error:
            raise RefusedError(operation, Refusal("no-region", str(error))) from error
    groups: list[_Group] = []
    for region, operation in sorted(
        located, key=lambda item: (item[0].span.start, -item[0].span.end)
    ):
        if groups and groups[-1][0].span.overlaps(region.span):
            last, members = groups[-1]
            if isinstance(operation, SetLines) or isinstance(members[0], SetLines):
                # Another tool wrote them without knowing of the other edit.
                raise RefusedError(operation, _overlap())
            if region.span not in last.span or (
                isinstance(operation, DropLines) and not isinstance(members[0], DropLines)
            ):
                if last.indents != region.indents:
                    raise RefusedError(operation, _overlap())
                joined = Span(last.span.start, region.span.end)
                groups[-1] = (Region(joined, last.indents), members)
            members.append(operation)
        else:
            groups.append((region, [operation]))
    return groups


def _overlap() -> Refusal:
    return Refusal("overlap", "two edits overlap and cannot be combined")


def _closed(source: SourceFile, groups: list[_Group]) -> list[_Group]:
    """``groups``, where lines are taken out up to the end of the file with the blank lines above:
    each removal leaves the blank lines to what follows it, and here nothing does."""
    end, first = len(source.utf8), len(groups)
    while first > 0 and groups[first - 1][0].span.end == end:
        region, members = groups[first - 1]
        if not all(isinstance(item, DropLines) for item in members):
            break
        end, first = region.span.start, first - 1
    if first == len(groups):
        return groups
    above = source.utf8[:end].rstrip(b" \t\r\n")
    start = source.utf8.find(b"\n", len(above)) + 1
    if not above or not 0 < start < end:
        return groups
    region, members = groups[first]
    closed = Region(Span(start, region.span.end), region.indents)
    return [*groups[:first], (closed, members), *groups[first + 1 :]]


def _edited(
    source: SourceFile,
    region: Region,
    members: Sequence[OfLines],
    formatter: Formatter,
) -> bytes:
    if isinstance(members[0], SetLines):
        return members[0].new
    operations = [item for item in members if isinstance(item, Operation)]
    if len(operations) < len(members):
        # Edits inside of what is taken out are in vain.
        return b""
    prefix = region.prefix(source.newline)
    old = source.utf8[region.span.start : region.span.end]
    text = (prefix + old).decode("utf-8")
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError) as error:
        raise RefusedError(
            operations[0], Refusal("fragment", f"libcst cannot parse the lines: {_first(error)}")
        ) from error
    if module.code != text:
        # A form feed before indented code, for one, is lost by libcst.
        raise RefusedError(
            operations[0],
            Refusal("fragment", "libcst does not reproduce these lines to the byte"),
        )
    spans = MetadataWrapper(module, unsafe_skip_copy=True).resolve(ByteSpanPositionProvider)
    shift = len(prefix) - region.span.start
    surgeon = Surgeon()
    for operation in operations:
        surgeon.aim(operation, spans, shift)
    changed = module.visit(surgeon)
    if _is_emptied(changed, region.depth):
        # libcst would write ``pass``; what else is in the block stands outside the region.
        return b""
    edited = changed.code
    lead = prefix.decode("utf-8")
    if not edited.startswith(lead):
        raise RefusedError(
            operations[0], Refusal("fragment", "the edit changed lines outside its own")
        )
    new = formatter.region(
        text[len(lead) :],
        edited[len(lead) :],
        [item.decode("utf-8") for item in region.indents],
        source.utf8[: region.span.start].decode("utf-8"),
    )
    return new.encode("utf-8")


def _is_emptied(module: cst.Module, depth: int) -> bool:
    """Whether an edit removed everything that stood in a region ``depth`` blocks deep."""
    body: Sequence[cst.CSTNode] = module.body
    for _ in range(depth):
        holder = body[0] if body else None
        if not isinstance(holder, cst.If):
            return False
        body = holder.body.body
    return depth > 0 and not body


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
