"""``autofix new`` and ``autofix test``: a codemod of one's own, from its first file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run, forget_plugins

PLUGINS = ("--plugins", "mine")
CASES = Path("fixtures/warn-twice")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autofix: Run) -> Iterator[str]:
    """A new codemod in the current folder; what was printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUTOFIX_PLUGINS", raising=False)
    done = autofix("new", "warn-twice", *PLUGINS)
    assert done.status == 0, done.err
    yield done.text
    forget_plugins()


def test_what_is_new_holds_and_has_its_page(autofix: Run, made: str) -> None:
    assert made.splitlines()[0] == "mine/warn_twice.py"
    assert all(Path(name).is_file() for name in made.splitlines())
    stay = [path for path in CASES.iterdir() if not (path / "after.py").exists()]
    assert (len(list(CASES.iterdir())), len(stay)) == (3, 2)
    done = autofix("test", "warn-twice", *PLUGINS)
    assert (done.status, done.text, done.err) == (0, "", "3 of 3 cases pass\n")
    page = autofix("codemods", "warn-twice", "--page", *PLUGINS).text
    assert page == Path("docs/warn-twice.md").read_text()
    assert "```diff" in page and "`imported-name`" in page


@pytest.mark.parametrize("name", ["docs", "fixtures", "autofix_plugins", "fixtures/warn-twice"])
def test_a_file_where_a_folder_is_to_be(
    autofix: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text("mine\n")
    before = sorted(tmp_path.rglob("*"))
    done = autofix("new", "warn-twice")
    assert (done.status, len(done.lines)) == (2, 1)
    assert "would be inside a file" in done.err
    assert sorted(tmp_path.rglob("*")) == before


def test_what_exists_stays_as_it_is(autofix: Run, made: str) -> None:
    module = Path("mine/warn_twice.py")
    module.write_text("mine = 1\n")
    for folder in ("mine", "other"):
        done = autofix("new", "warn-twice", "--plugins", folder)
        assert (done.status, done.text) == (2, "")
        assert "already exists: nothing was written" in done.err
    assert module.read_text() == "mine = 1\n"
    assert not Path("other").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["Warn"], "'Warn' is not a name"),
        (["../x"], "'../x' is not a name"),
        (["a--b"], "'a--b' is not a name"),
        (["add-exc-info"], "a codemod named add-exc-info already exists"),
        (["a-b", "--plugins", "."], "not the project itself"),
        (["a-b", "--plugins", "/"], "is outside"),
    ],
)
def test_a_name_or_folder_that_is_none(
    autofix: Run,
    arguments: list[str],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = autofix("new", *arguments)
    assert (done.status, done.text) == (2, "")
    assert why in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_case_that_does_not_hold_says_what_was_given(autofix: Run, made: str) -> None:
    after = CASES / "call/after.py"
    after.write_text(after.read_text().replace("new_name", "newer_name"))
    (CASES / "imported-name/case.toml").write_text('refusals = ["other-reason"]\n')
    done = autofix("test", *PLUGINS)
    assert done.status == 1
    assert "-    return mylib.newer_name(orders)" in done.text
    assert "+    return mylib.new_name(orders)" in done.text
    assert "refusals: expected ['other-reason'], got ['imported-name (" in done.text
    assert "1 of 3 cases pass" in done.err
    document = json.loads(autofix("test", *PLUGINS, "--output-format", "json").text)
    assert [item["passed"] for item in document["cases"]] == [False, False, True]


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("call/case.toml", "outcomes = 1\n", "unknown keys outcomes"),
        ("call/case.toml", "outcome =", "case.toml: "),
    ],
)
def test_a_case_that_is_not_written_as_one(
    autofix: Run, made: str, path: str, text: str, why: str
) -> None:
    (CASES / path).write_text(text)
    for command in (("test",), ("codemods", "warn-twice", "--page")):
        done = autofix(*command, *PLUGINS)
        assert (done.status, done.text) == (2, "")
        assert why in done.err and "internal error" not in done.err


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("call/finding.md", "# Nothing\n", "finding.md contains 0 findings, not 1"),
        ("call/case.toml", 'outcome = "refused"\n', "outcome: expected refused, got fixed"),
        ("call/case.toml", 'safety = "review"\n', "safety: expected review, got safe"),
        ("call/case.toml", 'notes = ["gone"]\n', "notes: expected gone, got ()"),
        ("call/case.toml", 'left = ["gone"]\n', "outcome: expected partly-fixed, got fixed"),
        (
            "call/case.toml",
            'deleted = ["gone.py"]\n',
            "`deleted` names files that before/ does not have",
        ),
        ("call/after.py", "def (\n", "app/totals.py"),
        ("other-method/case.toml", 'outcome = "fixed"\n', "a scan has no `outcome`"),
    ],
)
def test_what_a_case_can_get_wrong(autofix: Run, made: str, path: str, text: str, why: str) -> None:
    (CASES / path).write_text(text)
    done = autofix("test", *PLUGINS, CASES / path.partition("/")[0])
    assert done.status == 1
    assert why in done.text
    assert "Traceback" not in done.err


def test_more_cases_must_stay_than_change(autofix: Run, made: str) -> None:
    for name in ("imported-name", "other-method"):
        for path in (CASES / name).iterdir():
            path.unlink()
        (CASES / name).rmdir()
    done = autofix("test", "warn-twice", *PLUGINS)
    assert done.status == 1
    assert "warn-twice has 1 cases that change and 0 that stay" in done.err
    # One case alone says nothing of the others.
    assert autofix("test", CASES / "call", *PLUGINS).status == 0


@pytest.mark.parametrize(
    ("proof", "status", "why"),
    [
        ("import subject\nassert 'new_name' in open(subject.__file__).read()\n", 0, ""),
        ("assert True\n", 1, "proof.py passes without the fix"),
        ("raise ValueError\n", 1, "fails without the fix for another reason"),
        ("assert False\n", 1, "proof.py fails with the fix"),
    ],
)
@pytest.mark.slow
def test_a_proof_is_run(autofix: Run, made: str, proof: str, status: int, why: str) -> None:
    (CASES / "call/proof.py").write_text("import sys\nsys.modules['mylib'] = sys\n" + proof)
    done = autofix("test", *PLUGINS)
    assert done.status == status
    assert why in done.text


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nowhere"], "add a folder of codemods with --plugins DIR"),
        (["warn-twice"], "no codemod is called 'warn-twice'"),
        (["docs", *PLUGINS], "docs contains no cases"),
        (["--plugins", "gone"], "gone is not a folder of codemods"),
    ],
)
def test_what_cannot_be_tested(autofix: Run, made: str, arguments: list[str], why: str) -> None:
    done = autofix("test", *arguments)
    assert (done.status, done.text) == (2, "")
    assert why in done.err


@pytest.mark.parametrize("arguments", [[], ["add-exc-info", "--output-format", "json"]])
def test_a_page_is_of_one_codemod_in_markdown(autofix: Run, arguments: list[str]) -> None:
    assert autofix("codemods", "--page", *arguments).status == 2
