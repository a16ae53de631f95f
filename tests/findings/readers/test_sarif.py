"""SARIF logs: what ruff, bandit and Semgrep really wrote about one file, and what CodeQL does.

The logs in ``sarif/`` were made by running the tools on ``orders.py.txt``, which is ours; the
tools' own documentation of their rules is taken out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codemods.findings.model import LineRange, Severity
from codemods.findings.readers.reading import FormatError
from codemods.findings.readers.sarif import read_sarif
from codemods.findings.reports import ReportError, read_report, reports_mentioning

LOGS = Path(__file__).parent / "sarif"


def log(*results: dict[str, Any], **run: Any) -> str:
    driver = run.pop("driver", {"name": "tool"})
    tool = {"driver": driver, **run.pop("tool", {})}
    return json.dumps(
        {"version": "2.1.0", "runs": [{"tool": tool, "results": list(results), **run}]}
    )


def result(**changes: Any) -> dict[str, Any]:
    location = {
        "physicalLocation": {
            "artifactLocation": {"uri": "shop/a.py"},
            "region": {"startLine": 3, "snippet": {"text": "    time.sleep(1)\n"}},
        }
    }
    plain: dict[str, Any] = {
        "ruleId": "X1",
        "message": {"text": "It sleeps. Every time."},
        "locations": [location],
    }
    return {key: value for key, value in (plain | changes).items() if value is not None}


def at(uri: str, **more: Any) -> list[dict[str, Any]]:
    return [{"physicalLocation": {"artifactLocation": {"uri": uri}, **more}}]


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("ruff", "ASYNC230 ASYNC251 S113 ASYNC210 ASYNC221 TRY400 G201 S110"),
        (
            "ruff-preview",
            "blocking-open-call-in-async-function blocking-sleep-in-async-function "
            "request-without-timeout blocking-http-call-in-async-function "
            "run-process-in-async-function error-instead-of-exception logging-exc-info "
            "try-except-pass",
        ),
        ("bandit", "B404 B113 B607 B603 B110"),
        ("semgrep", "time-sleep-in-async error-without-traceback"),
    ],
)
def test_what_the_tools_wrote(name: str, rules: str) -> None:
    reading = read_report(LOGS / f"{name}.sarif", f"{name}.sarif")
    assert [item.rule for item in reading.findings] == rules.split()
    assert reading.damaged == ()
    for item in reading.findings:
        (place,) = item.locations
        assert place.path is not None and place.path.endswith("shop/orders.py")
        assert place.lines and item.title and item.severity
        assert len({finding.id for finding in reading.findings}) == len(reading.findings)


def test_a_finding_of_bandit() -> None:
    reading = read_report(LOGS / "bandit.sarif", "bandit.sarif")
    found = reading.findings[1]
    assert found.title == "Call to requests without timeout"
    assert found.severity is Severity.MEDIUM
    assert found.dimension == "Bandit"
    assert found.locations[0].lines == (LineRange(20, 20),)
    assert [block.text for block in found.evidence_code] == ["return requests.get(url).status_code"]


def test_ids_stay_when_lines_move_and_are_told_apart() -> None:
    one, other = result(), result()
    other["locations"] = at(
        "shop/a.py", region={"startLine": 90, "snippet": {"text": "time.sleep(1)"}}
    )
    moved = read_sarif(log(other), "r").findings[0].id
    first, second = (item.id for item in read_sarif(log(one, other), "r").findings)
    assert moved == first != second
    absolute = result(locations=at("file:///ci/build/shop/a.py", region={"startLine": 3}))
    here = result(locations=at("file:///home/me/build/shop/a.py", region={"startLine": 4}))
    assert len({read_sarif(log(item), "r").findings[0].id for item in (absolute, here)}) == 1


def test_a_fingerprint_of_the_tool_counts_if_it_is_one() -> None:
    own = {"partialFingerprints": {"primaryLocationLineHash": "39fa2ee980eb94b0:1"}}
    one = result(**own)
    other = result(message={"text": "Other words."}, **own)
    ids = [read_sarif(log(item), "r").findings[0].id for item in (one, other)]
    assert ids[0] == ids[1]
    none = {"fingerprints": {"matchBasedId/v1": "requires login"}}
    ids = [item.id for item in read_sarif(log(result(**none), result()), "r").findings]
    assert len({*ids}) == 2


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("py/path-injection", "py/path-injection-"),
        ("python.lang.security.insecure-hash", "insecure-hash-"),
        ("my rule: no. 1@home", "1-home-"),
    ],
)
def test_ids_can_be_named_on_the_command_line(rule: str, start: str) -> None:
    (found,) = read_sarif(log(result(ruleId=rule)), "r").findings
    assert found.id.startswith(start)
    assert not {":", "@", " "} & set(found.id)
    assert found.rule == rule


def test_codeql_names_rules_by_extension_and_links_what_it_speaks_of() -> None:
    text = log(
        {
            "rule": {"index": 0, "toolComponent": {"index": 0}},
            "message": {"text": "This flows from a [user-provided value](1) to {0}."},
            "locations": [
                {"physicalLocation": {"artifactLocation": {"index": 0}, "region": {"startLine": 7}}}
            ],
        },
        tool={
            "extensions": [
                {
                    "name": "codeql/python-queries",
                    "rules": [
                        {"id": "py/path-injection", "properties": {"security-severity": "7.5"}}
                    ],
                }
            ]
        },
        artifacts=[{"location": {"uri": "shop/a%20b.py", "uriBaseId": "%SRCROOT%"}}],
    )
    (found,) = read_sarif(text, "r").findings
    assert found.rule == "py/path-injection"
    assert found.severity is Severity.HIGH
    assert found.locations[0].path == "shop/a b.py"
    assert found.title == "This flows from a user-provided value to {0}"


def test_messages_by_id() -> None:
    rules = [{"id": "X1", "messageStrings": {"default": {"text": "{0} sleeps {1} times"}}}]
    message = {"id": "default", "arguments": ["load()", "two"]}
    text = log(result(message=message, ruleIndex=0), driver={"name": "t", "rules": rules})
    assert read_sarif(text, "r").findings[0].title == "load() sleeps two times"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "pass"},
        {"kind": "notApplicable"},
        {"baselineState": "absent"},
        {"suppressions": [{"kind": "inSource"}]},
        {"suppressions": [{"kind": "external", "status": "accepted"}]},
    ],
)
def test_results_that_are_no_findings(changes: dict[str, Any]) -> None:
    reading = read_sarif(log(result(**changes)), "r")
    assert (reading.findings, reading.damaged) == ((), ())


def test_a_suppression_that_was_rejected_is_none() -> None:
    text = log(result(suppressions=[{"kind": "external", "status": "rejected"}]))
    assert len(read_sarif(text, "r").findings) == 1


def test_damaged_results_are_told_and_the_others_read() -> None:
    nowhere, nameless = result(locations=None), result(ruleId=None)
    reading = read_sarif(log(nowhere, nameless, result()), "r")
    assert [(item.line, item.reason) for item in reading.damaged] == [
        (1, "has no file"),
        (2, "has no rule"),
    ]
    assert [item.line for item in reading.findings] == [3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON: "),
        ("[" * 100_000, "is not JSON: "),
        ("[]", "is JSON but not a SARIF log: it has no runs"),
        ('{"version": "2.1.0"}', "is JSON but not a SARIF log: it has no runs"),
        ('{"version": "1.0.0", "runs": []}', "is SARIF 1.0.0: only 2.1.0"),
    ],
)
def test_no_log(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_sarif(text, "r")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "run",
    [3, {}, {"results": 3}, {"results": [3]}, {"tool": 3, "results": [{"message": 3}]}],
)
def test_nothing_in_a_log_is_trusted(run: object) -> None:
    text = json.dumps({"version": "2.1.0", "runs": [run]})
    assert read_sarif(text, "r").findings == ()


@pytest.mark.parametrize("name", ["r.sarif", "r.SARIF", "r.json", "r.sarif.json"])
def test_as_a_report(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("{}")
    with pytest.raises(
        ReportError, match=rf"^{name}: is JSON(?: but not|, but neither) a SARIF log"
    ):
        read_report(path, name)
    path.write_text(log(result()))
    [finding] = read_report(path, name).findings
    # The id is made of what the log says: no search for it in the bytes may leave the log out.
    assert finding.id not in path.read_text()
    assert reports_mentioning([path], finding.id) == (path,)


@pytest.mark.parametrize("kind", [{}, {"kind": "pass"}, {"baselineState": "absent"}])
def test_a_log_without_findings_is_a_log(kind: dict[str, Any]) -> None:
    read = read_sarif(log(*([result(**kind)] if kind else [])), "a.sarif")
    assert (read.findings, read.damaged, read.complete) == ((), (), True)
