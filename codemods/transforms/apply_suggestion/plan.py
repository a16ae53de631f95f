"""What a finding asks for, read from its suggestion: from its sentences and its fenced code.

Each statement of a fence must have an older version (or stand already) where the finding stands; a
fence that defines something, or holds a lock, a ``try`` or an ``await``, is a design and no edit.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from codemods.codemod import ReadPlan
from codemods.demands.text import inline_code, spoken_count
from codemods.findings.model import Code, Finding
from codemods.findings.text import mentioned_lines
from codemods.transforms.apply_suggestion.adding import is_cleaning, is_guard
from codemods.transforms.apply_suggestion.code import SIMPLE, is_wildcard, parsed, read
from codemods.transforms.apply_suggestion.names import Origin
from codemods.transforms.apply_suggestion.prose import RequestedEdit
from codemods.transforms.apply_suggestion.sentences import Reading, read_prose

_MODULES = re.compile(
    r"\b(\d{1,2})\s+(?:[\w-]+\s+){0,3}(?:modules|files|classes|stages|routers|repositories)\b",
    re.IGNORECASE,
)
_ADDS = re.compile(r"\b(?:add|insert|guard|also|include|append)\b", re.IGNORECASE)
IMPORTS_TOO = re.compile(r"^(?:also\s+|then\s+)?\w+\s+(?:the\s+)?imports?\b[^,;]*$", re.IGNORECASE)
"""What is asked for beside the edit and is done with it."""
_COMMAND = re.compile(r"^[\w.-]+(?:\s+[\w.-]+)*\s+--?[a-z]")
"""``pytest --collect-only``, which Python reads as a subtraction."""
_FILE = re.compile(r"^[\w./{},-]+\.(?:py|pyi|ts|tsx|js|md|toml|ini|json|ya?ml|sh|txt|rs)(?::\S*)?$")
_PYTHON = frozenset({None, "", "python", "py", "python3"})
_CHOICES = re.compile(
    r"^[^\S\n]*#\s*(?:or\b|option|alternative|before|old|bad|instead|remove)", re.I | re.M
)
_SILENT = (ast.Pass, ast.Continue, ast.Break, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, kw_only=True)
class SuggestionPlan(ReadPlan):
    """A suggestion as edits."""

    requested_edits: tuple[RequestedEdit, ...]
    demands: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    imports: tuple[Origin, ...] = ()
    """Imports that the finding shows."""
    adds: bool = False
    """Whether the suggestion says that something is added."""
    contexts: tuple[str, ...] = ()
    """Code that the finding shows for what stands there."""


def recognise(finding: Finding) -> SuggestionPlan | None:
    """A plan for a suggestion of which at least one sentence is an edit."""
    reading = _reading(finding)
    pairs = {requested.new for requested in reading.requested_edits if requested.old is not None}
    requested_edits = tuple(
        requested
        for requested in reading.requested_edits
        # A replacement that stands alone above a list of what it replaces says nothing more.
        if _is_code(requested) and (requested.old is not None or requested.new not in pairs)
    )
    if not requested_edits:
        return None
    return SuggestionPlan(
        strength=40,
        named=False,
        count=_spoken(finding.title),
        aspects=reading.beside,
        requested_edits=requested_edits,
        demands=reading.demands,
        alternatives=reading.alternatives,
        imports=_shown_imports(finding),
        adds=_ADDS.search(finding.suggestion_prose) is not None,
        contexts=_contexts(finding),
    )


def _reading(finding: Finding) -> Reading:
    if finding.suggestion:
        said = read_prose(finding.suggestion_prose)
        shown = [read_fence(code) for code in finding.suggestion_code]
        example = all(requested.form == "method" for fence in shown for requested in fence)
        if (
            shown
            and all(shown)
            and not (example and any(w.shows_old for w in said.requested_edits))
        ):
            # A fence is the whole of what the sentence above it asks for.
            demands = tuple(text for text in said.demands if not text.endswith(":"))
            lines = mentioned_lines(finding.suggestion_prose)
            requested_edits = tuple(
                replace(requested, lines=lines, fence=number)
                for number, fence in enumerate(shown, start=1)
                for requested in fence
            )
            return Reading(requested_edits, said.beside, said.alternatives, demands)
        return said
    # Without a suggestion, a description may say what a name should be.
    said = read_prose(finding.description)
    kept = tuple(requested for requested in said.requested_edits if requested.form == "should-be")
    return Reading(kept)


def _is_code(requested: RequestedEdit) -> bool:
    if any(
        _FILE.search(text) or _COMMAND.match(text) for text in (requested.new, requested.old or "")
    ):
        return False
    return read(requested.new) is not None and (
        requested.old is None or read(requested.old) is not None
    )


def _spoken(title: str) -> int | None:
    """How many places the title speaks of: ``6 call sites``, ``all 11 stage modules``."""
    count = spoken_count(title)
    if count is None and (found := _MODULES.search(title)):
        count = int(found[1])
    return count


def _shown_imports(finding: Finding) -> tuple[Origin, ...]:
    shown = [item.text for item in (*finding.suggestion_code, *finding.evidence_code)]
    shown += inline_code(finding.suggestion_prose)
    found: list[Origin] = []
    for text in shown:
        for line in text.splitlines():
            statement = _import(line.strip())
            if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
                names = [item for item in statement.names if item.name != "*"]
                found += [Origin(statement.module, item.name, item.asname) for item in names]
            elif isinstance(statement, ast.Import):
                found += [Origin(item.name, None, item.asname) for item in statement.names]
    return tuple(found)


def _import(line: str) -> ast.AST | None:
    # A sentence may begin with "from", and an import may go on over several lines.
    found = parsed(line, "exec") if line.startswith(("import ", "from ")) else None
    return found[0] if found else None


def _contexts(finding: Finding) -> tuple[str, ...]:
    prose = "\n".join((finding.title, finding.description, finding.text("evidence")))
    return tuple(dict.fromkeys(text for text in inline_code(prose) if len(text) > 3))


def read_fence(code: Code) -> tuple[RequestedEdit, ...]:
    """The requested edits of one fence; empty where it is no list of new versions."""
    if code.language not in _PYTHON or _CHOICES.search(code.text):
        return ()
    fragment = _fragment(code.text)
    if fragment:
        return fragment
    body = parsed(code.text, "exec")
    waiting = (ast.Await, ast.Yield, ast.YieldFrom)
    if body is None or any(isinstance(node, waiting) for item in body for node in ast.walk(item)):
        # Cut out of its statement, or abridged in a way that is not Python; or a design.
        return ()
    try:
        return tuple(_requested_edits(body, code.text))
    except _DesignError:
        return ()


class _DesignError(Exception):
    """A statement that is no new version of one."""


def _fragment(text: str) -> tuple[RequestedEdit, ...]:
    """A fence that begins with ``.options(…)``, or lists entries of a dictionary."""
    plain = "\n".join(line.split("#")[0] for line in text.splitlines()).strip().rstrip(",")
    if plain.startswith("."):
        called = parsed(f"_{plain}", "eval") is not None
        return (RequestedEdit("method", f"_{plain}", role="fence"),) if called else ()
    entries = "{" + plain + "}"
    if re.match(r"[\"']\w+[\"']\s*:", plain) and parsed(entries, "eval") is not None:
        return (RequestedEdit("entries", entries, role="fence"),)
    return ()


def _requested_edits(body: Sequence[ast.AST], text: str) -> Iterator[RequestedEdit]:
    for statement in body:
        if isinstance(statement, _SILENT) or is_wildcard(statement):
            continue
        segment = ast.get_source_segment(text, statement) or ""
        if isinstance(statement, SIMPLE):
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                yield RequestedEdit("fence", segment, role="fence", sentence=segment)
        elif isinstance(statement, (ast.If, ast.For)) and not statement.orelse:
            if is_guard(statement) or is_cleaning(statement):
                parts = tuple(_parts(statement, text)) if "\n" in segment else ()
                yield RequestedEdit(
                    "fence", _bare(statement, text), role="fence", sentence=segment, parts=parts
                )
                continue
            yield from _parts(statement, text)
        else:
            raise _DesignError


def _bare(statement: ast.stmt, text: str) -> str:
    """A statement in lines that parse by themselves, with the comments on them."""
    lines = text.split("\n")[statement.lineno - 1 : statement.end_lineno]
    return "\n".join(line[statement.col_offset :] for line in lines)


def _parts(statement: ast.If | ast.For, text: str) -> Iterator[RequestedEdit]:
    """A compound statement as its header and what is in its block."""
    segment = ast.get_source_segment(text, statement) or ""
    header = segment[: segment.index("\n")] if "\n" in segment else ""
    header = header.split("#")[0].rstrip()
    if not header.endswith(":"):
        raise _DesignError
    yield RequestedEdit("fence", header, role="fence", sentence=header)
    yield from _requested_edits(statement.body, text)
