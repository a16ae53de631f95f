"""The plug-in that docs/writing-a-codemod.md writes, file by file."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs/writing-a-codemod.md"
CASES = "fixtures/warn-to-warning"


def write_example(folder: Path) -> None:
    """Write its files into a folder, as the page says."""
    text = PAGE.read_text("utf-8")
    named = re.findall(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```$", text, re.M | re.S)
    (report, before, after, other, described, module, project) = named
    method, stays = f"{CASES}/method", f"{CASES}/other-warn"
    for where, (name, content) in (
        *((method, item) for item in (report, before, after)),
        *((stays, item) for item in (other, described)),
        *((".", item) for item in (module, project)),
    ):
        path = folder / where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    names = [name for name, _ in named]
    assert names == [
        *("finding.md", "before.py", "after.py", "before.py", "case.toml"),
        *("house_codemods/warn_to_warning.py", "pyproject.toml"),
    ]
