"""The sample project, a command line on it, and decisions about its fixes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from codemods.cli.context import Session
from codemods.cli.deciding import Item, items
from codemods.cli.demo import make_sample
from codemods.cli.options import Common
from codemods.cli.review.reading import opened
from codemods.cli.review.state import Reviewing
from codemods.cli.selecting import Reports
from codemods.codemod import Safety
from codemods.delivery.review.candidates import decision
from codemods.delivery.review.decisions import Decision, Verdict, decisions_bytes, made
from tests.cli.conftest import Ran, Run, _alone, autofix, git, shop

__all__ = ["Ran", "Run", "_alone", "autofix", "shop"]

REPORT = "docs/audits/AUDIT_BACKEND_2026-03-02.md"
Decide = Callable[..., Path]


def reviewed(folder: Path) -> list[Item]:
    """What can be decided in a project."""
    session = Session(Common(folder=folder, quiet=True))
    reports = Reports(session)
    state = session.state(None, False)
    found: list[Item] = items(session, reports, reports.all(), state, Safety.REVIEW)
    return found


def short(item: Item) -> str:
    name: str = item.name
    return name.partition(":")[2]


def decided(item: Item, *verdicts: str, edits: tuple[str | None, ...] = ()) -> Decision:
    """A decision about a fix; one word for all of its Changes, or one for each."""
    assert item.candidate is not None
    number = len(item.candidate.sites)
    words = verdicts if len(verdicts) == number else verdicts * number
    return decision(item.candidate, [Verdict(word) for word in words], edits)


@pytest.fixture
def decide(shop: Path, tmp_path: Path) -> Decide:
    """Writes a file of decisions about the sample project, by the ids of its findings."""

    def write(words: Mapping[str, tuple[str, ...]], name: str = "decisions.json") -> Path:
        found = {short(item): item for item in reviewed(shop)}
        decisions = [decided(found[key], *verdicts) for key, verdicts in words.items()]
        path = tmp_path / name
        path.write_bytes(decisions_bytes(made([REPORT], None, decisions)))
        return path

    return write


@pytest.fixture(scope="module")
def opened_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewing]:
    """A review of the sample project, resolved once for the tests of a module."""
    folder = tmp_path_factory.mktemp("shop")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(folder / "no-gitconfig"))
        patch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
        patch.setenv("GIT_CEILING_DIRECTORIES", str(folder))
        session = Session(Common(folder=make_sample(folder), quiet=True))
        yield Reviewing(session, opened(session))


@pytest.fixture
def reviewing(opened_shop: Reviewing) -> Iterator[Reviewing]:
    """The same with nothing decided yet, and no branch."""
    session, path = opened_shop.session, opened_shop.path
    yield Reviewing(session, opened_shop.review)
    path.unlink(missing_ok=True)
    listing = git(session.root, "branch", "--list", "autofix/*", "--format=%(refname:short)")
    for name in listing.split():
        git(session.root, "branch", "-qD", name)


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Makes $EDITOR one that replaces a text by another."""

    def replacing(old: str, new: str) -> None:
        script = tmp_path / "editor.py"
        script.write_text(
            "import pathlib, sys\n"
            f"old, new = {old!r}, {new!r}\n"
            "for name in sys.argv[1:]:\n"
            "    path = pathlib.Path(name)\n"
            "    path.write_text(path.read_text().replace(old, new))\n"
        )
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")

    return replacing
