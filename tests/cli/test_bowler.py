"""``autofix bowler run``, and a query as a plug-in."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run, forget_plugins, git

PAGE = Path(__file__).resolve().parents[2] / "docs/bowler.md"
MAIN = """\
from bowler import Query


def main():
    Query("src").select_function("fetch").rename("load").idiff()
"""
CODE = "def fetch(key):\n    return key\n\n\nfetch(1)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository with two files, and a script beside it."""
    folder = tmp_path / "shop"
    for name in ("src", "other"):
        (folder / name).mkdir(parents=True)
        (folder / name / "shop.py").write_text(CODE)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "start")
    (tmp_path / "query.py").write_text(MAIN)
    monkeypatch.chdir(folder)
    yield folder
    forget_plugins()


def test_it_prints_a_diff_and_writes_nothing(autofix: Run, project: Path) -> None:
    done = autofix("bowler", "run", "../query.py")
    assert done.status == 0
    assert "+++ b/src/shop.py" in done.text and "other" not in done.text
    assert done.err == "1 file: 1 would change, 0 not rewritten\n"
    assert git(project, "status", "--porcelain") == ""
    (project / "made.diff").write_bytes(done.out)
    git(project, "apply", "made.diff")
    assert (project / "src/shop.py").read_text() == CODE.replace("fetch", "load")


def test_paths_that_are_given_stand_in_place_of_the_query_s(autofix: Run, project: Path) -> None:
    done = autofix("bowler", "run", "../query.py", "other", "--in-place")
    assert (done.status, done.text) == (0, "")
    assert (project / "src/shop.py").read_text() == CODE
    assert (project / "other/shop.py").read_text() == CODE.replace("fetch", "load")


def test_uncommitted_changes_stay(autofix: Run, project: Path) -> None:
    path = project / "src/shop.py"
    path.write_text(f"{CODE}fetch(2)\n")
    done = autofix("bowler", "run", "../query.py", "--in-place")
    assert done.status == 1
    assert "src/shop.py: not rewritten: src/shop.py has uncommitted changes" in done.err
    assert "fetch(2)" in path.read_text()
    assert autofix("bowler", "run", "../query.py", "--in-place", "--force").status == 0
    assert "load(2)" in path.read_text()


def test_a_file_that_cannot_be_read_is_named_and_counted(autofix: Run, project: Path) -> None:
    (project / "src/new.py").write_text("def fetch(a, /): ...\n")
    done = autofix("bowler", "run", "../query.py", "--output-format", "json")
    assert done.status == 1
    document = json.loads(done.text)
    assert document["changed"] == ["src/shop.py"]
    (left,) = document["skipped"]
    assert left["path"] == "src/new.py"
    assert left["reason"].startswith("fissix cannot parse it: line 1")
    assert "2 files: 1 would change, 1 not rewritten" in done.err


FAILING = """\
from bowler import Query


def modify(calls):
    def fail(node, capture, filename):
        nonlocal calls
        calls -= 1
        if calls < 0:
            raise ValueError("no")

    return fail


"""


@pytest.mark.parametrize(
    "queries",
    [
        'Query("src").select_function("fetch").rename("load").silent()\n'
        'Query("src").select_function("load").modify(modify(0)).rename("get").silent()\n',
        'Query("src").select_function("fetch").modify(modify(2)).add_argument("a", "1").silent()\n',
    ],
    ids=["by the second query", "by a second run"],
)
def test_a_file_that_is_left_is_left_as_it_was(autofix: Run, project: Path, queries: str) -> None:
    """What the queries before made of it is not written either."""
    (project.parent / "query.py").write_text(FAILING + queries)
    done = autofix("bowler", "run", "../query.py")
    assert "src/shop.py: not rewritten: the query raises ValueError: no" in done.err
    assert (done.status, done.text) == (1, "")
    assert "1 file: 0 would change, 1 not rewritten" in done.err
    assert autofix("bowler", "run", "../query.py", "--in-place").status == 1
    assert (project / "src/shop.py").read_text() == CODE


@pytest.mark.parametrize(
    "script",
    [
        'from bowler import Query\nQuery("src").select_function("fetch").rename("load").write()\n',
        'from bowler import Query\nq = Query("src").select_function("fetch").rename("load")\n',
        "from bowler import Query\nimport sys\nif __name__ == '__main__':\n"
        '    q = Query("src").select_function("fetch").rename("load").diff()\n'
        "    sys.exit(q.retcode)\n",
        "from bowler import Query\nimport sys\ndef main():\n"
        '    for old, new in (("fetch", "get"), ("get", "load")):\n'
        '        Query("src").select_function(old).rename(new).silent()\n',
    ],
    ids=["top level", "not executed", "as a program", "two queries"],
)
def test_scripts_of_every_kind(autofix: Run, project: Path, script: str) -> None:
    (project.parent / "query.py").write_text(script)
    assert autofix("bowler", "run", "../query.py", "--in-place").status == 0
    assert (project / "src/shop.py").read_text() == CODE.replace("fetch", "load")
    assert (project / "other/shop.py").read_text() == CODE


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (None, "FileNotFoundError"),
        ("def (", "SyntaxError"),
        ("import nowhere", "ModuleNotFoundError: No module named 'nowhere'"),
        ("raise SystemExit(3)", "it exited with status 3"),
        ("def main(): raise ValueError('a\\nb')", "ValueError: a b"),
        ("x = 1", "it creates no query"),
        (
            "from bowler import Query\nQuery('gone').select_function('a').diff()",
            "gone: no such file",
        ),
        ("from bowler import Query\nQuery('..').select_root().diff()", "is outside"),
    ],
)
def test_a_script_that_gives_no_query_is_wrong_use(
    autofix: Run, project: Path, script: str | None, why: str
) -> None:
    path = project.parent / "query.py"
    path.unlink()
    if script is not None:
        path.write_text(script)
    done = autofix("bowler", "run", "../query.py")
    assert (done.status, done.text) == (2, "")
    assert why in done.err and len(done.lines) == 1


def test_without_bowler_it_says_how_to_get_it(
    autofix: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bowler", None)
    done = autofix("bowler", "run", "../query.py")
    assert (done.status, done.text) == (2, "")
    assert "pip install 'autofix-codemods[bowler]'" in done.err


def test_the_plug_in_of_the_page(autofix: Run, project: Path) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    (project / "mine").mkdir()
    (project / "mine/fetch_to_load.py").write_text(code)
    (project / "src/new.py").write_text("def fetch(a, /): ...\n")
    options = ("--plugins", "mine", "--select", "fetch-to-load", "--no-cache")
    done = autofix("scan", "src", *options, "--output-format", "concise")
    assert done.status == 1
    assert done.text.splitlines() == [
        "src/shop.py:1:1: fetch-to-load the query fetch-to-load rewrites it [review]"
    ]
    assert "src/new.py: not looked at by fetch-to-load: " in done.err
    assert (
        autofix("codemods", "fetch-to-load", "--plugins", "mine").text.count("Call `load()`") == 1
    )
    autofix("scan", "src", *options, "--fix")
    assert (project / "src/shop.py").read_text() == CODE
    autofix("scan", "src", *options, "--fix", "--unsafe-fixes")
    assert (project / "src/shop.py").read_text() == CODE.replace("fetch", "load")


def test_a_plug_in_keeps_what_a_comment_keeps(autofix: Run, project: Path) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    (project / "mine").mkdir()
    (project / "mine/fetch_to_load.py").write_text(code)
    kept = "fetch(1)  # autofix: ignore[fetch-to-load]\n"
    (project / "src/shop.py").write_text(kept)
    options = ("--plugins", "mine", "--select", "fetch-to-load", "--no-cache")
    assert autofix("scan", "src", *options, "--fix", "--unsafe-fixes").status == 0
    assert (project / "src/shop.py").read_text() == kept


def test_a_query_that_changes_its_own_result_is_no_fix(autofix: Run, project: Path) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    (project / "mine").mkdir()
    again = code.replace('.rename("load")', '.add_argument("a", "1")')
    (project / "mine/fetch_to_load.py").write_text(again)
    options = ("--plugins", "mine", "--select", "fetch-to-load", "--no-cache")
    done = autofix("scan", "src", *options, "--fix", "--unsafe-fixes")
    assert "second-run-silent" in done.err
    assert (project / "src/shop.py").read_text() == CODE
