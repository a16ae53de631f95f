"""Writes docs/coverage.md: how each finding of the seed reports ends on the code that it audited.

    python docs/coverage.py --reports DIR --repository DIR

``--repository`` is a clone of the audited project with its history (bare or not), ``--reports``
the folder of the reports. Every row is run: where a commit is missing nothing is written, because
the page never claims what was not run. What is edited is the commit's own content; no branch is
made.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codemods.engine.outcomes import Resolution
from codemods.engine.run import resolve
from codemods.findings.model import Finding
from codemods.findings.reports import read_report
from codemods.project.commit import CommitError, CommitFiles
from codemods.project.project import Project
from codemods.transforms import catalogue

PAGE = Path(__file__).resolve().parent / "coverage.md"
NOTE = "<!-- Written by `make coverage`, which runs every row: do not edit. -->"
COMMITS = {
    "AUDIT_BACKEND_2026-02-16": "1d1a8f47",
    "AUDIT_BACKEND_2026-02-22": "6a59c492",
    "AUDIT_COMPREHENSIVE_2026-02-14": "aba78151",
    "AUDIT_CONCURRENCY_2026-02-20": "ac526007",
}
"""The commit that each report is about."""
FIXED_BEFORE = {"C-01": "808b9794", "H-01": "91c2eaf0", "H-02": "c3a98143", "L-04": "dc3da158"}
"""Findings of the comprehensive report that were fixed in the commit that added it: the last
commit that still had the defect."""
OTHER_LANGUAGES = (".ts", ".tsx", ".rs")
OTHER_FOLDERS = ("auralis-web/frontend/",)


@dataclass(frozen=True)
class Row:
    """One finding as it ended."""

    commit: str
    resolution: Resolution

    @property
    def finding(self) -> Finding:
        return self.resolution.finding


def is_python(finding: Finding) -> bool:
    """Whether the finding is about Python code: some place that it names may hold any."""
    paths = [item.path for item in finding.locations if item.path]
    return not paths or any(
        not path.endswith(OTHER_LANGUAGES) and not path.startswith(OTHER_FOLDERS) for path in paths
    )


def rows(reports: Path, repository: Path) -> Iterator[Row]:
    """Every finding on Python code, resolved on its commit."""
    codemods = list(catalogue().values())
    for name, usual in COMMITS.items():
        for finding in read_report(reports / f"{name}.md", f"{name}.md").findings:
            if not is_python(finding):
                continue
            commit = FIXED_BEFORE.get(finding.id, usual) if "COMPREHENSIVE" in name else usual
            project = Project(CommitFiles(repository, commit))
            yield Row(commit, resolve(finding, project, codemods))


def page(found: list[Row]) -> str:
    """The whole page."""
    counts = Counter(row.resolution.outcome.name for row in found)
    total = ", ".join(f"{number} {name}" for name, number in counts.most_common())
    lines = [
        "# What becomes of real findings",
        "",
        NOTE,
        "",
        f"Four audit reports of one FastAPI project hold {len(found)} findings on Python code.",
        f"Each was run on the commit that it is about: {total}.",
        "",
        "A fix is one that passed every gate; that it is also the fix a reviewer wants was",
        "judged by reading its diff. Everything else says why it was left alone.",
        "",
        "| finding | commit | outcome | codemod | what was done, or why not |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [_line(row) for row in found]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    outcome, patch = row.resolution.outcome, row.resolution.patch
    words = [outcome.reason]
    if patch is not None:
        if patch.beside:
            words.append(f"not addressed: {', '.join(patch.beside)}")
        alone = dict.fromkeys(item.detail for item in patch.refusals)
        if alone:
            words.append(f"not touched: {'; '.join(alone)}")
    text = ". ".join(words).replace("|", "\\|").replace("\n", " ")
    codemod = row.resolution.codemod or ""
    return f"| {row.finding.id} | {row.commit} | {outcome.name} | {codemod} | {text} |"


def main() -> int:
    """Write the page; 1 when something that it needs is not there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--reports", type=Path, required=True)
    parser.add_argument("--repository", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        found = list(rows(arguments.reports, arguments.repository))
    except (CommitError, OSError) as error:
        print(f"coverage: nothing written: {error}", file=sys.stderr)
        return 1
    PAGE.write_text(page(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
