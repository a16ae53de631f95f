"""What the shell is told when somebody presses Tab: findings of the reports, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codemods.delivery.branch_names import selector
from codemods.findings.at_hand import ReportsAtHand
from codemods.findings.reports import ReportError
from codemods.output.styled import one_line
from codemods.project.files import WorkTreeFiles
from codemods.project.settings import SettingsError, load_settings


def findings_of(given: Mapping[str, Any], incomplete: str) -> list[tuple[str, str]]:
    """The findings whose id, or report and id, begin so, with their titles.

    Args:
        given: what stands on the command line already, by the names of its options.
        incomplete: what was typed of the id.
    """
    folder = Path(given.get("folder") or "")
    named = [Path(item) for item in given.get("reports") or ()]
    # Nothing is asked of a forge for a Tab.
    local = [item for item in named if not str(item).startswith("github:")]
    if (named and not local) or not folder.is_dir():
        return []
    try:
        at_hand = _reports(folder.resolve(), folder, local)
        findings = at_hand.all()
    except (ReportError, SettingsError, OSError):
        # Whoever presses Tab is told by the command itself, when it runs.
        return []
    times = Counter(item.id for item in findings)
    found = []
    for item in findings:
        whole = selector(item, repeated=at_hand.repeated(item))
        # Where several findings have an id, only the whole name says which one is meant.
        name = whole if times[item.id] > 1 or ":" in incomplete else item.id
        if name.startswith(incomplete):
            found.append((name, one_line(item.title)))
    return found


def _reports(start: Path, folder: Path, named: list[Path]) -> ReportsAtHand:
    """Those that a command would read, found without git and without the catalogue."""
    tops = (parent for parent in (start, *start.parents) if (parent / ".git").exists())
    top = next(tops, start)
    patterns = () if named else load_settings(WorkTreeFiles(top)).reports
    return ReportsAtHand(top, named, patterns, folder=folder, quiet=True)
