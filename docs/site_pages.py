"""What the site has beside the pages of this folder: the catalogue in its navigation, and the pages
that stand at the top of the repository, where people look for them first."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

TOP = Path(__file__).resolve().parent.parent
PAGES = {
    "README.md": "readme.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
    "CHANGELOG.md": "changelog.md",
}
_LINK = re.compile(r"\]\(([^)#\s]+)")


def on_config(config: Any) -> Any:
    """List the catalogue."""
    pages = sorted(path.name for path in (TOP / "docs/codemods").glob("*.md"))
    first = ["index.md", "plans.md"]
    for item in config.nav:
        if "Codemods" in item:
            item["Codemods"] = [
                {"The catalogue": "codemods/index.md"},
                {"Plans": "codemods/plans.md"},
                *(f"codemods/{name}" for name in pages if name not in first),
            ]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the pages of the repository's top."""
    for name, page in PAGES.items():
        text = (TOP / name).read_text("utf-8")
        files.append(File.generated(config, page, content=linked(text, "")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let links to the repository's top lead to its pages here."""
    return linked(markdown, posixpath.dirname(f"docs/{page.file.src_uri}"))


def linked(markdown: str, folder: str) -> str:
    """A text with the links to what stands elsewhere on the site.

    Args:
        markdown: the text.
        folder: where it stands in the repository.
    """

    def led(found: re.Match[str]) -> str:
        target = found[1]
        if re.match(r"\w+:", target):
            return found[0]
        path = posixpath.normpath(posixpath.join(folder, target))
        up = "../" * folder.count("/")
        if path in PAGES:
            return f"]({up}{PAGES[path]}"
        if path in ("docs", "LICENSE"):
            return f"]({up}index.md" if path == "docs" else "](#"
        return f"]({path.removeprefix('docs/')}" if not folder else found[0]

    return _LINK.sub(led, markdown)
