"""The commit message of a patch: what was done, in whose words, what was left, and the trailers.

The finding's own words are quoted with ``> ``: whatever an auditor wrote, no line of it can be
taken for a trailer, for a comment (``#``, which an amend would drop) or for a patch separator. All
of the body is inert (:mod:`codemods.delivery.inert`): no word of it closes an issue, mentions
somebody or skips a check.
"""

from __future__ import annotations

import posixpath
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from codemods.delivery.inert import clean, inert
from codemods.delivery.titles import (
    main_clause,
    without_lead,
    without_loose_end,
    without_qualifiers,
)
from codemods.delivery.trailers import BASE, CODEMOD, FINDING, KEY, PATCH
from codemods.engine.outcomes import Patch
from codemods.findings.model import Finding

WIDTH = 72
LONGEST_QUOTE = 2_000
"""Characters of one field of the finding; the report has the rest."""

_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_UNTELLING = frozenset({"__init__", "__main__", "main", "app", "base", "utils", "index"})


@dataclass(frozen=True, slots=True)
class Signature:
    """What the trailers of a commit say, but for the digest."""

    findings: tuple[str, ...]
    """Selectors; the first is of the finding whose words the message has."""
    codemod: str
    key: str
    patch: str
    """The stable patch-id."""
    base: str
    """The full id of the commit that the patch applies to."""


def commit_message(finding: Finding, patch: Patch, signature: Signature) -> str:
    """The whole message but for the digest, ending with the trailers."""
    paragraphs = [
        subject(finding, patch),
        _items(_changes(patch)),
        _reference(finding),
        _listed("Also reported as:", signature.findings[1:]),
        _quote(item.prose for item in finding.all("description", "summary")),
        _quote((item.prose for item in finding.all("impact")), "Impact: "),
        _listed("Left to do:", map(str, patch.left)),
        _listed("Left alone:", _refusals(patch)),
        _listed("Not addressed:", patch.beside),
        _listed("Notes:", _notes(patch)),
    ]
    body = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    trailers = (
        *((FINDING, _line(name)) for name in signature.findings),
        (CODEMOD, _line(signature.codemod)),
        (KEY, signature.key),
        (PATCH, signature.patch),
        (BASE, signature.base),
    )
    return f"{inert(body)}\n\n" + "".join(f"{name}: {value}\n" for name, value in trailers)


def subject(finding: Finding, patch: Patch) -> str:
    """``fix(<scope>): <what is wrong>`` in at most 72 characters."""
    name = scope(file.path for file in patch.files)
    head = f"fix({name}): " if name else "fix: "
    title = _line(finding.title.replace("`", "").replace("**", "")).rstrip(".")
    done = list(dict.fromkeys(_line(change.what) for change in patch.changes))
    lead = without_lead(title)
    clause = main_clause(lead)
    shorter = [title, lead, without_qualifiers(lead), clause, without_qualifiers(clause)]
    if len(done) == 1:
        shorter.append(done[0])
    for prefix in dict.fromkeys((head, "fix: ")):
        for text in shorter:
            if text and len(prefix) + len(text) <= WIDTH:
                return prefix + _small_start(text)
    room = WIDTH - len("fix: ")
    short = textwrap.shorten(
        without_qualifiers(lead), room, placeholder="…", break_on_hyphens=False
    )
    text = " ".join(without_loose_end(short.removesuffix("…").split()))
    return "fix: " + (_small_start(f"{text}…") if text else _line(finding.id)[:room])


def scope(paths: Iterable[str]) -> str:
    """The module that changes, or the folder that holds them all; ``""`` for the top."""
    files = [PurePosixPath(path) for path in paths]
    if len(files) == 1 and files[0].stem not in _UNTELLING:
        name = files[0].stem
    else:
        shared = posixpath.commonpath([file.parent.as_posix() for file in files])
        name = PurePosixPath(shared).name
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.")[:30]


def _small_start(text: str) -> str:
    """Conventional subjects start small; names (``WebSocket``, ``CORS``) stay as they are."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    return (
        text[0].lower() + text[1:]
        if first[1:].islower() and first.replace("-", "").isalpha()
        else text
    )


def _changes(patch: Patch) -> list[str]:
    return [
        f"{change.what} ({change.site.path}:{change.site.line}"
        + (f", {change.site.function})" if change.site.function else ")")
        for change in patch.changes
    ]


def _refusals(patch: Patch) -> list[str]:
    told = [
        f"{item.site.path}:{item.site.line}: {item.detail}" if item.site else item.detail
        for item in patch.refusals
    ]
    owed = set(map(str, patch.left))
    return [text for text in told if text not in owed]


def _notes(patch: Patch) -> list[str]:
    own = [note for change in patch.changes for note in change.notes]
    return list(dict.fromkeys([*own, *patch.notes]))


def _reference(finding: Finding) -> str:
    severity = f", {finding.severity}" if finding.severity else ""
    if not finding.line:
        return _filled(f"As the plan in {finding.report} says.", hang="  ")
    where = f"{finding.report_name} (line {finding.line}{severity})"
    return _filled(_line(f"Finding {finding.id} of {where}: {finding.title}"), hang="  ")


def _quote(texts: Iterable[str], label: str = "") -> str:
    text = clean("\n\n".join(texts)).strip()
    if not text:
        return ""
    text = label + text
    if len(text) > LONGEST_QUOTE:
        text = text[:LONGEST_QUOTE].rsplit(maxsplit=1)[0] + " …"
    paragraphs = [_wrapped_paragraph(item) for item in re.split(r"\n\s*\n", text)]
    lines = "\n\n".join(filter(None, paragraphs)).split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _wrapped_paragraph(paragraph: str) -> str:
    """Prose is filled; list items and table rows stay lines of their own."""
    lines: list[str] = []
    for line in paragraph.split("\n"):
        if not lines or _LIST_ITEM.match(line) or line.lstrip().startswith("|"):
            lines.append(line.strip())
        else:
            lines[-1] += " " + line.strip()
    return "\n".join(
        line if line.startswith("|") else _filled(line, hang="  " if _LIST_ITEM.match(line) else "")
        for line in lines
        if line
    )


def _listed(head: str, items: Iterable[str]) -> str:
    body = _items(items)
    return f"{head}\n{body}" if body else ""


def _items(items: Iterable[str]) -> str:
    return "\n".join(_filled(f"- {_line(item)}", hang="  ") for item in items)


def _filled(text: str, hang: str = "") -> str:
    # Paths and dotted names are of no use in halves.
    return textwrap.fill(
        text,
        WIDTH - 2,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _line(text: str) -> str:
    return " ".join(clean(text).split())
