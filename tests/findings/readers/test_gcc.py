"""Lines as gcc writes them: one finding each, and no other line is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.findings.model import LineRange, Location, LocationKind, Severity, StatusKind
from codemods.findings.readers.gcc import read_gcc
from codemods.findings.readers.reading import FormatError
from codemods.findings.reports import ReportError, read_report, reports_mentioning

LINE = "app/cache.py:25: warning: the cache is shared without a lock [lock-shared-state]\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Success: no issues found in 3 source files\n",
        "app/cache.py:25\n",
        "app/cache.py:25: the cache is shared [lock-shared-state]\n",
        "app/cache.py: warning: it names no line [x]\n",
        "app/cache.py:line: warning: it names no line [x]\n",
        "app/cache.py:25: Shared: another word [x]\n",
        "app/cache.py:25: warnings: another word [x]\n",
        "app/cache.py:25:9: add-exc-info logger.error() logs no traceback [safe]\n",
        "app/cache.py:123456789: error: too far [x]\n",
        ":25: error: no path [x]\n",
        "    app/cache.py:25: warning: it is quoted [x]\n",
        "warning: it has no place [x]\n",
        "cc1plus: fatal error: a.cpp: no such file\ncompilation terminated.\n",
    ],
)
def test_no_report(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_gcc(text, "r")
    assert str(caught.value).startswith("has no line such as ")


@pytest.mark.parametrize(
    "end",
    [
        "",
        " []",
        " [two words]",
        " needs list[int]",
        " [x] behind it",
        " [x",
        " x]",
        " [[x]]",
    ],
)
def test_a_line_without_a_rule_is_a_finding_of_its_words(end: str) -> None:
    first, second = read_gcc(f"a.py:1: error: it fails{end}\n{LINE}", "r").findings
    assert (first.line, first.rule, first.title) == (1, None, f"it fails{end}")
    assert first.id.startswith("f-")
    assert second.line == 2


@pytest.mark.parametrize("level", ["HIGH:", "[HIGH]", "major:", "CRITICAL:"])
def test_people_use_other_words(level: str) -> None:
    text = f"app/jobs.py:13: {level} it is swallowed. Fix: log it and raise it again\n"
    (found,) = read_gcc(text, "r").findings
    assert found.severity in (Severity.HIGH, Severity.CRITICAL)
    assert found.title == "it is swallowed"
    assert found.suggestion_prose == "log it and raise it again"
    assert found.description == "it is swallowed."


def test_a_note_without_a_rule_belongs_to_the_line_above() -> None:
    reading = read_gcc(f"{LINE}app/cache.py:25: note: see the manual\n", "r")
    assert len(reading.findings) == 1


def test_other_lines_are_passed_over() -> None:
    text = f"app/cache.py: In function 'x':\n\n{LINE}   25 |  cache = {{}}\n      |  ^~~~~\n{LINE}"
    reading = read_gcc(text, "r")
    assert [(item.line, item.ordinal) for item in reading.findings] == [(3, 1), (6, 2)]
    assert reading.damaged == ()


def test_a_whole_finding() -> None:
    (found,) = read_gcc(LINE, "docs/x.txt").findings
    assert found.id == "lock-shared-state-20cd9e"
    assert found.key == ("docs/x.txt", found.id, 1)
    assert found.title == "the cache is shared without a lock"
    assert (found.severity, found.severity_text) == (Severity.MEDIUM, "warning")
    assert found.status.kind is StatusKind.UNSTATED
    assert found.rule == "lock-shared-state"
    assert found.fields == ()
    assert found.locations == (
        Location(LocationKind.FILE, "app/cache.py", (LineRange(25, 25),), line=1),
    )


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        ("fatal error", Severity.HIGH),
        ("error", Severity.HIGH),
        ("warning", Severity.MEDIUM),
        ("note", Severity.LOW),
    ],
)
def test_severities(level: str, severity: Severity) -> None:
    (found,) = read_gcc(LINE.replace("warning", level), "r").findings
    assert (found.severity, found.severity_text) == (severity, level)


@pytest.mark.parametrize(
    ("line", "path", "lines", "title"),
    [
        ("a.py:3:7: error: it fails [x]", "a.py", 3, "it fails"),
        ("a.py:3:\terror:it fails[0]  [x]  \r", "a.py", 3, "it fails[0]"),
        ("a.py:3: error: [x]", "a.py", 3, "x"),
        ("./a b/ü.py:3: error: a.py:4: error: both [x]", "a b/ü.py", 3, "a.py:4: error: both"),
        ("C:\\shop\\a.py:3: error: it fails [x]", "C:/shop/a.py", 3, "it fails"),
        ("/ci/a.py:0: error: it fails [x]", "/ci/a.py", 0, "it fails"),
    ],
)
def test_lines(line: str, path: str, lines: int, title: str) -> None:
    reading = read_gcc(line, "r")
    (found,) = reading.findings
    (place,) = found.locations
    assert (place.path, found.title, found.rule) == (path, title, "x")
    assert place.lines == ((LineRange(lines, lines),) if lines else ())


def test_ids_stay_when_lines_move_and_are_told_apart() -> None:
    def ids(*lines: str) -> list[str]:
        return [item.id for item in read_gcc("\n".join(lines), "r").findings]

    (here,) = ids(LINE)
    assert ids("else.py:1: note: more [x]", LINE.replace("25", "90"))[1] == here
    others = (
        LINE,
        LINE.replace("cache.py", "store.py"),
        LINE.replace("the cache", "a"),
        LINE.replace("[lock", "[x.lock"),
    )
    assert len({here, *ids(LINE, *others)}) == 5


@pytest.mark.parametrize(
    "line",
    [
        "a:1" * 200_000,
        f"a:1: error: {'[' * 400_000}",
        f"a:1: error:{' ' * 400_000}x {'x' * 400_000}]",
    ],
)
def test_lines_that_are_no_diagnostics_hide_none(line: str) -> None:
    reading = read_gcc(f"{line}\n{LINE}", "r")
    assert reading.findings[-1].line == 2


@pytest.mark.parametrize("name", ["x.txt", "x.TXT", "mypy.log.txt"])
def test_as_a_report(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("Success: no issues found\n")
    with pytest.raises(ReportError, match=rf"^{name}: is not a report"):
        read_report(path, name)
    path.write_text(LINE)
    [finding] = read_report(path, name).findings
    # The id is made of what the line says: no search for it in the bytes may leave it out.
    assert finding.id not in path.read_text()
    assert reports_mentioning([path], finding.id) == (path,)


def test_markdown_may_quote_such_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text(f"# R\n\n## Summary\n\nThe output was\n\n{LINE}\nand that is all.\n")
    assert read_report(path).findings == ()
