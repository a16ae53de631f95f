"""The same finding in several reports: one fix, and so one row that names all of its ids."""

from __future__ import annotations

from collections.abc import Sequence

from codemods.engine.keys import patch_key
from codemods.engine.outcomes import Resolution
from codemods.findings.model import Finding

_UNKNOWN = 99
"""Behind every severity that is known."""


def same_fixes(resolutions: Sequence[Resolution]) -> list[tuple[int, ...]]:
    """The positions of those that one patch fixes, the worst severity first; all others alone.

    Only a fix tells: two findings without one may say the same and mean two things.
    """
    groups: dict[str, list[int]] = {}
    for number, item in enumerate(resolutions):
        patch = item.patch
        known = patch is not None and patch.changes and item.codemod
        key = patch_key(item.codemod or "", patch) if patch is not None and known else str(number)
        groups.setdefault(key, []).append(number)
    return [
        tuple(sorted(members, key=lambda number: (_rank(resolutions[number].finding), number)))
        for members in groups.values()
    ]


def also(resolutions: Sequence[Resolution]) -> list[list[str]]:
    """For each, what other reports call the same: ``AUDIT_SECURITY_2026-03-09:S-7``."""
    found: list[list[str]] = [[] for _ in resolutions]
    for members in same_fixes(resolutions):
        names = {number: _selector(resolutions[number].finding) for number in members}
        for number in members:
            others = (name for other, name in names.items() if other != number)
            found[number] = list(dict.fromkeys(others))
    return found


def names_of_row(findings: Sequence[Finding]) -> str:
    """The ids of a row: the first one's, and the others' with their reports."""
    first, *others = findings
    return ", ".join((first.id, *dict.fromkeys(map(_selector, others))))


def _selector(finding: Finding) -> str:
    return f"{finding.report_name}:{finding.id}"


def _rank(finding: Finding) -> int:
    return finding.severity.rank if finding.severity else _UNKNOWN
