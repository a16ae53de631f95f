"""Issues as reports: ``github:owner/name#12``.

Whoever can open an issue can write anything into it. Its words count as the words of any report do,
which only ask; a directive, which orders, counts only if the issue's author and its last editor may
write to the repository.
"""

from __future__ import annotations

import re
from dataclasses import replace

from codemods.delivery.bot.events import WRITERS
from codemods.delivery.bot.marker import read_marker
from codemods.delivery.bot.run import ISSUE
from codemods.delivery.forge.protocol import Forge, Issue
from codemods.delivery.inert import JOINER
from codemods.findings.model import Finding
from codemods.findings.readers.formats import read_text
from codemods.findings.readers.reading import FormatError, Reading
from codemods.findings.reports import ReportError

SCHEME = "github:"
_NAMED = re.compile(r"github:([\w.-]+/[\w.-]+)#(\d{1,9})")
_ESCAPE = re.compile(r"\\([\\`*_\[\]<>#|~&!.)+=-])")


def parse(name: str) -> tuple[str, int] | None:
    """The repository and number of ``github:owner/name#12``; ``None`` for anything else.

    Raises:
        ReportError: when it begins like one, and is none.
    """
    if not name.startswith(SCHEME):
        return None
    found = _NAMED.fullmatch(name)
    if found is None:
        raise ReportError(f"{name}: not an issue like github:OWNER/NAME#NUMBER")
    return found[1], int(found[2])


def read_issue(forge: Forge, issue: Issue, name: str) -> Reading:
    """The findings of an issue.

    Args:
        name: what to call it as a report.

    Raises:
        ReportError: when it holds nothing that a reader knows.
        ForgeError: when nobody can say what its author may do.
    """
    text = f"title: {' '.join(issue.title.split())}\n\n{_plain(issue.body)}"
    try:
        reading = read_text(text, "", name)
    except FormatError as error:
        raise ReportError(f"{name}: {error}") from error
    if any(finding.directive for finding in reading.findings):
        untrusted = _untrusted(forge, issue)
        if untrusted:
            found = tuple(_without_directive(item, untrusted) for item in reading.findings)
            reading = replace(reading, findings=found)
    return reading


def _plain(body: str) -> str:
    """The body as somebody wrote it: what makes our own issues harmless is taken back."""
    text = body.replace("\r\n", "\n").replace(JOINER, "")
    marker = read_marker(text)
    if marker is None or marker.text("kind") != ISSUE:
        return text
    lines = text.replace("<span>$</span>", "$").split("\n")
    inside = False
    for number, line in enumerate(lines):
        if line.startswith("```"):
            inside = not inside
        elif not inside:
            lines[number] = _ESCAPE.sub(r"\1", line.removeprefix("> "))
    return "\n".join(line for line in lines if not line.startswith("<!-- autofix:"))


def _untrusted(forge: Forge, issue: Issue) -> str:
    """Who wrote it and may not write to the repository; ``""``: everybody may."""
    editor = forge.editor(issue.number)
    if editor is None:
        return "an unknown editor"
    for login in dict.fromkeys((issue.author, editor or issue.author)):
        if login != forge.account() and forge.permission(login) not in WRITERS:
            return login
    return ""


def _without_directive(finding: Finding, who: str) -> Finding:
    if finding.directive is None:
        return finding
    note = f"its directive is ignored: {who} has no write access to the repository"
    return replace(finding, directive=None, notes=(*finding.notes, note))
