"""The documentation site: it is built without a complaint, and asks nobody for anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
TOP = ("mkdocs.yml", "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")


def build(top: Path, site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=top,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the site is made of."""
    top = tmp_path / "checkout"
    shutil.copytree(ROOT / "docs", top / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    for name in TOP:
        shutil.copy(ROOT / name, top / name)
    return top


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("faq.md", "[gone](gone.md)"),
        ("faq.md", "[gone](scanning.md#gone)"),
        ("codemods/add-timeout.md", "[gone](../gone.md)"),
    ],
)
def test_a_link_that_leads_nowhere_ends_it(
    page: str, text: str, checkout: Path, tmp_path: Path
) -> None:
    path = checkout / "docs" / page
    path.write_text(f"{path.read_text('utf-8')}\n{text}\n", "utf-8")
    done = build(checkout, tmp_path / "site")
    assert done.returncode != 0
    assert "gone" in done.stdout + done.stderr


def test_a_page_that_no_menu_has_ends_it(checkout: Path, tmp_path: Path) -> None:
    (checkout / "docs/new.md").write_text("# New\n")
    assert build(checkout, tmp_path / "site").returncode != 0


def test_the_site(tmp_path: Path) -> None:
    site = tmp_path / "site"
    done = build(ROOT, site)
    assert done.returncode == 0, done.stderr
    pages = sorted(site.rglob("*.html"))
    for page in (ROOT / "docs").rglob("*.md"):
        inside = page.relative_to(ROOT / "docs").with_suffix("")
        folder = inside.parent if inside.name == "index" else inside
        assert site / folder / "index.html" in pages, page
    assert not list(site.rglob("*.py"))
    for path in pages:
        text = path.read_text("utf-8")
        loaded = re.findall(r'<(?:script|img|iframe)[^>]* src="(https?:[^"]+)', text)
        loaded += re.findall(
            r'<link[^>]* rel="(?:stylesheet|preconnect)"[^>]* href="(http[^"]+)', text
        )
        assert loaded == [], path
