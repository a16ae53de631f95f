"""What a patch must pass before it leaves the engine; a patch that fails one writes nothing."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from codemods.codemod import Change, Refusal
from codemods.engine.patching.rewrite import RewrittenFile, Splice
from codemods.engine.patching.targets import too_new
from codemods.project.source import SourceError, SourceFile
from codemods.syntax.names import read_too_early, undefined_names
from codemods.syntax.spans import Span

GATES = ("compiles", "bytes-kept", "comments-kept", "names-defined", "second-run-silent")


class GateError(Exception):
    """A patch that must not leave; the message names the gate and what it saw."""


def check_file(rewritten: RewrittenFile, target: tuple[int, int] | None = None) -> None:
    """The gates that look at one file.

    Args:
        target: the oldest Python that the project supports, where that is known.

    Raises:
        GateError: with the first gate that the file does not pass.
    """
    _compiles(rewritten)
    if target is not None:
        problem = too_new(rewritten.before.text, rewritten.after.text, target)
        if problem is not None:
            raise GateError(f"compiles: {rewritten.after.path}: {problem}")
    _keeps_bytes(rewritten)
    _keeps_comments(rewritten)
    _defines_names(rewritten)


def check_second_run(found: Iterable[Change | Refusal]) -> None:
    """The same ``find`` on the patched project: it must have nothing left to do.

    Raises:
        GateError: when it still finds a change.
    """
    for item in found:
        if isinstance(item, Change):
            raise GateError(
                f"second-run-silent: {item.site.path}:{item.site.line} would be changed again"
            )


def line_map(rewritten: RewrittenFile) -> Callable[[int], int]:
    """Where a line of the file before stands in the file after."""
    moved = [
        (rewritten.before.line_of(splice.span.start), _growth(rewritten.before.utf8, splice))
        for splice in rewritten.splices
    ]
    imported: list[tuple[int, int]] = []
    current = rewritten.before.replaced((item.span, item.new) for item in rewritten.splices)
    for splice in rewritten.import_splices:
        imported.append((current.line_of(splice.span.start), _growth(current.utf8, splice)))
        current = current.replaced([(splice.span, splice.new)])

    def after(line: int) -> int:
        # Lines inside a splice keep their distance from its start: near enough to find them.
        result = line + sum(growth for start, growth in moved if start < line)
        for start, growth in imported:
            result += growth if start <= result else 0
        return result

    return after


def removed_lines(rewritten: RewrittenFile) -> frozenset[int]:
    """The lines of the file before that were taken out whole, and stand nowhere in the file
    after."""
    total = len(rewritten.before.line_starts)
    origin: list[int | None] = list(range(1, total + 1))
    for splice in reversed(rewritten.splices):
        _take_out(origin, rewritten.before, splice)
    current = rewritten.before.replaced((item.span, item.new) for item in rewritten.splices)
    for splice in rewritten.import_splices:
        _take_out(origin, current, splice)
        current = current.replaced([(splice.span, splice.new)])
    return frozenset(range(1, total + 1)).difference(item for item in origin if item is not None)


def _take_out(origin: list[int | None], source: SourceFile, splice: Splice) -> None:
    """Carry out a splice on the numbers that the lines had at first; new lines had none."""
    first = source.line_of(splice.span.start) - 1
    old = source.utf8[splice.span.start : splice.span.end].count(b"\n")
    new = splice.new.count(b"\n")
    kept = origin[first : first + min(old, new)]
    origin[first : first + old] = [*kept, *[None] * (new - len(kept))]


def _growth(utf8: bytes, splice: Splice) -> int:
    old = utf8[splice.span.start : splice.span.end]
    return splice.new.count(b"\n") - old.count(b"\n")


def _compiles(rewritten: RewrittenFile) -> None:
    error = _compile_error(rewritten.after)
    if error is None:
        return
    if _compile_error(rewritten.before) is None:
        raise GateError(f"compiles: {rewritten.after.path}: {error}")
    # The file is newer than the running Python: then libcst must parse it, and what the running
    # Python could read before it must still read.
    import libcst as cst

    try:
        tree = rewritten.after.tree
        if not tree.unread:
            # Read in an older spelling; otherwise libcst has parsed the whole file for the tree.
            for statement in _touched(rewritten):
                cst.parse_module(statement)
    except (cst.ParserSyntaxError, cst.CSTValidationError, SourceError) as problem:
        raise GateError(f"compiles: {rewritten.after.path}: {problem}") from problem
    unread = {item.name for item in tree.unread} - {
        item.name for item in rewritten.before.tree.unread
    }
    if unread:
        raise GateError(f"compiles: {rewritten.after.path}: {', '.join(sorted(unread))}")
    problem_text = _compile_tree_error(tree.module)
    if problem_text is not None and _compile_tree_error(rewritten.before.tree.module) is None:
        raise GateError(f"compiles: {rewritten.after.path}: {problem_text}")


def _touched(rewritten: RewrittenFile) -> Iterator[str]:
    """The statements of the module, after the edits, that an edit stands in: what is around them
    is as it was."""
    source = rewritten.after
    touched = _spans_after(rewritten)
    for statement in source.tree.module.body:
        first = source.line_of(source.statements_span(statement, statement).start)
        start = source.line_starts[first - 1]
        end = source.line_end(statement.end_lineno or first)
        if any(span.start <= end and start <= span.end for span in touched):
            yield source.slice(Span(start, end))


def _spans_after(rewritten: RewrittenFile) -> list[Span]:
    """Where the new text stands in the file after all edits; nothing where text was taken out."""
    spans: list[Span] = []
    growth = 0
    for splice in rewritten.splices:
        start = splice.span.start + growth
        spans.append(Span(start, start + len(splice.new)))
        growth += _longer(splice)
    for splice in rewritten.import_splices:
        more = _longer(splice)
        spans = [
            Span(
                span.start + (more if splice.span.end <= span.start else 0),
                span.end + (more if splice.span.start < span.end else 0),
            )
            for span in spans
        ]
        spans.append(Span(splice.span.start, splice.span.start + len(splice.new)))
    return spans


def _longer(splice: Splice) -> int:
    return len(splice.new) - (splice.span.end - splice.span.start)


def _compile_error(source: SourceFile) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source.text, source.path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            return str(error)
    return None


def _compile_tree_error(module: ast.Module) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(module, "<read>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            return str(error)
    return None


def _keeps_bytes(rewritten: RewrittenFile) -> None:
    before, after = rewritten.before, rewritten.after
    if (before.encoding, before.bom) != (after.encoding, after.bom):
        raise GateError(f"bytes-kept: {before.path}: encoding or byte order mark changed")
    if before.utf8.endswith(b"\n") != after.utf8.endswith(b"\n"):
        raise GateError(f"bytes-kept: {before.path}: the final newline changed")
    if (b"\r\n" in before.utf8) != (b"\r\n" in after.utf8):
        raise GateError(f"bytes-kept: {before.path}: the newlines changed")
    text, data = before.utf8, before.data[len(before.bom) :]
    for splices in (rewritten.splices, *((splice,) for splice in rewritten.import_splices)):
        if splices is not rewritten.splices:
            replaced = text[splices[0].span.start : splices[0].span.end]
            if not _only_imports(replaced) or not _only_imports(splices[0].new):
                raise GateError(f"bytes-kept: {before.path}: an import edit touched other code")
        data = _spliced_bytes(data, text, splices, before.encoding)
        text = _spliced(text, splices)
    if before.bom + data != after.data or text != after.utf8:
        raise GateError(f"bytes-kept: {before.path}: bytes outside the edit changed")


def _spliced_bytes(data: bytes, text: bytes, splices: Sequence[Splice], encoding: str) -> bytes:
    """``data``, which is ``text`` in another encoding, with the same splices; empty where a cut of
    the bytes does not say what the same cut of the text does."""
    if encoding == "utf-8":
        return _spliced(data, splices)
    pieces: list[bytes] = []
    read = position = 0
    try:
        for splice in (*splices, Splice(Span(len(text), len(text)), b"")):
            for part, new in (
                (text[position : splice.span.start], None),
                (text[splice.span.start : splice.span.end], splice.new),
            ):
                raw = data[read : read + len(part.decode("utf-8").encode(encoding))]
                if raw.decode(encoding) != part.decode("utf-8"):
                    return b""
                pieces.append(raw if new is None else new.decode("utf-8").encode(encoding))
                read += len(raw)
            position = splice.span.end
    except UnicodeError:
        return b""
    return b"".join(pieces) if read == len(data) else b""


def _spliced(utf8: bytes, splices: Sequence[Splice]) -> bytes:
    pieces: list[bytes] = []
    position = 0
    for splice in splices:
        pieces += (utf8[position : splice.span.start], splice.new)
        position = splice.span.end
    return b"".join([*pieces, utf8[position:]])


def _only_imports(text: bytes) -> bool:
    """Whether the lines are imports, comments and blanks, or a part of one import's names."""
    try:
        statements = ast.parse(text.decode("utf-8").strip() + "\n").body
    except SyntaxError:
        # Names inside a parenthesised import: letters, commas, comments.
        code = b"".join(line.split(b"#")[0] for line in text.splitlines())
        return all(chr(byte).isalnum() or chr(byte) in "_,.() \t\r\n" for byte in code)
    return all(
        isinstance(item, (ast.Import, ast.ImportFrom))
        or (isinstance(item, ast.Expr) and isinstance(item.value, (ast.Name, ast.Tuple)))
        for item in statements
    )


def _keeps_comments(rewritten: RewrittenFile) -> None:
    try:
        lost = _lost_in_edits(rewritten)
        if lost is None:
            lost = _comments(rewritten.before, rewritten.removed) - _comments(rewritten.after)
    except (tokenize.TokenError, SyntaxError, IndentationError):
        # Newer syntax than the tokenizer's: compared on the lines that changed alone.
        kept = [item for item in rewritten.splices if item.span not in rewritten.removed]
        before = Counter(_comment_tails(rewritten.before, kept)) if kept else Counter()
        lost = before - Counter(_comment_tails(rewritten.after, ()))
    if lost:
        raise GateError(f"comments-kept: {rewritten.before.path}: lost {next(iter(lost))!r}")


def _lost_in_edits(rewritten: RewrittenFile) -> Counter[str] | None:
    """The comments that are fewer than before, told from the edits alone: the text around them is
    the same. ``None`` where an edit might change what is a comment there, or lines were to go with
    theirs.
    """
    utf8 = rewritten.before.utf8
    between = _spliced(utf8, rewritten.splices)
    for splice in rewritten.import_splices:
        if _SPEAKING.search(splice.new + between[splice.span.start : splice.span.end]):
            return None
        between = _spliced(between, (splice,))
    lines = set(rewritten.before.line_starts)
    if rewritten.removed or not all(item.span.start in lines for item in rewritten.splices):
        return None
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for splice in rewritten.splices:
        for text, comments in (
            (utf8[splice.span.start : splice.span.end], before),
            (splice.new, after),
        ):
            if text and not text.endswith(b"\n") and splice.span.end < len(utf8):
                return None
            try:
                tokens = list(_tokens(text.decode("utf-8")))
            except (tokenize.TokenError, SyntaxError):
                # An open bracket or string, for one: then the text behind it counts.
                return None
            if any(token.type == tokenize.ERRORTOKEN for token in tokens):
                return None
            comments.update(_comment_texts(tokens))
    return before - after


_SPEAKING = re.compile(rb"[#\"'\\]")
"""What opens a comment or a string, or continues a line."""


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(text).readline)


def _comment_texts(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[str]:
    return (token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)


def _comments(source: SourceFile, removed: Sequence[Span] = ()) -> Counter[str]:
    """The comments of a file, but for those on lines that were to go."""
    return Counter(
        _comment_texts(
            token
            for token in _tokens(source.text)
            # A token at the end may stand behind the last line, where that has no newline.
            if token.type == tokenize.COMMENT
            and not any(
                item.start <= source.line_starts[token.start[0] - 1] < item.end for item in removed
            )
        )
    )


def _comment_tails(source: SourceFile, splices: Sequence[Splice]) -> Iterator[str]:
    """Everything behind a ``#``, of the lines in the splices or, without any, of the whole file."""
    texts = [source.utf8[item.span.start : item.span.end] for item in splices] or [source.utf8]
    for text in texts:
        for line in text.split(b"\n"):
            _, mark, tail = line.partition(b"#")
            if mark:
                yield tail.decode("utf-8").rstrip()


def _defines_names(rewritten: RewrittenFile) -> None:
    tree_before, tree_after = rewritten.before.tree, rewritten.after.tree
    new = undefined_names(tree_after, tree_after.module)
    if new:
        new -= undefined_names(tree_before, tree_before.module)
    if new:
        raise GateError(
            f"names-defined: {rewritten.after.path}: nothing defines {', '.join(sorted(new))}"
        )
    early = read_too_early(tree_after, tree_after.module)
    if early:
        early -= read_too_early(tree_before, tree_before.module)
    for (where, name), _ in early.items():
        of = f"is local in {where}, and read there" if where else "is read as the module runs,"
        raise GateError(f"names-defined: {rewritten.after.path}: {name} {of} before it is bound")
