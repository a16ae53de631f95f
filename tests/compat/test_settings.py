"""Settings of before the house: every key is known and means the same; what is wrong is told."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from tests.cli.conftest import Run, git
from tests.compat.conftest import DATA

EVERYTHING = (DATA / "settings.toml").read_text("utf-8")
FILES = {
    "autofix.toml": EVERYTHING,
    "pyproject.toml": tomlkit.dumps({"tool": {"autofix": tomllib.loads(EVERYTHING)}}),
}
KNOWN = {
    *("reports", "exclude", "select", "ignore", "branch-prefix", "base", "verify", "baseline"),
    *("fail-on", "add-exc-info.loggers", "add-exc-info.expected", "async-lock.public"),
    *("contain-path.root", "hide-exception-text.sinks", "hide-exception-text.message"),
    *("hide-exception-text.authored", "hide-exception-text.internal"),
    *("hide-exception-text.loggers", "lock-shared-state.public", "log-swallowed-exception.loggers"),
    *("offload-blocking-calls.tests", "offload-blocking-calls.depth"),
}
"""What `autofix config` listed before the house."""


def flat(table: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Settings as `autofix config` names them."""
    for key, value in table.items():
        if key == "per-path":
            for pattern, inner in value.items():
                yield from ((f'per-path."{pattern}".{name}', item) for name, item in flat(inner))
        elif isinstance(value, Mapping):
            yield from ((f"{key}.{option}", item) for option, item in value.items())
        else:
            yield key, value


@pytest.fixture(params=FILES)
def configured(shop: Path, request: pytest.FixtureRequest) -> Path:
    """The repository with all settings, in one of the two files."""
    (shop / request.param).write_text(FILES[request.param], "utf-8")
    (shop / "ci").mkdir()
    known = json.loads((DATA / "baseline.json").read_text("utf-8"))
    known["sites"] = [item for item in known["sites"] if item["function"] == "send_with_retry"]
    (shop / "ci/known.json").write_text(json.dumps(known))
    return shop


def test_the_record_sets_every_key() -> None:
    assert dict(flat(tomllib.loads(EVERYTHING))).keys() >= KNOWN


def test_every_key_is_known(configured: Path, autofix: Run) -> None:
    ran = autofix("config", "--output-format", "json")
    assert (ran.status, ran.err) == (0, "")
    found = {item["name"]: item for item in json.loads(ran.out)["settings"]}
    origin = "pyproject.toml" if not (configured / "autofix.toml").exists() else "autofix.toml"
    wanted = dict(flat(tomllib.loads(EVERYTHING))) | {"branch-prefix": "bot/fix"}
    for name, value in wanted.items():
        assert found[name] == {"name": name, "value": value, "origin": origin}


def test_a_scan_goes_by_them(configured: Path, autofix: Run) -> None:
    """Files and codemods are left out, a site is known, and what wants a review fails nobody."""
    ran = autofix("scan", "--output-format", "concise")
    assert (ran.status, ran.text.splitlines()) == (
        0,
        [
            "orders/invoices.py:32:5: offload-blocking-calls "
            "target.write_bytes() blocks the event loop [review]",
            *(
                f"orders/legacy.py:{place}: offload-blocking-calls "
                "time.sleep() blocks the event loop [review]"
                for place in ("13:31", "14:3", "15:3")
            ),
        ],
    )
    assert "1 known site left out by the baseline" in ran.lines
    assert "left out: 2 excluded, 1 vendored" in ran.lines


def test_branches_go_by_them(configured: Path, autofix: Run) -> None:
    """The reports, the branches' prefix and the base; with another prefix the old ones are none."""
    git(configured, "checkout", "--quiet", "--detach")
    git(configured, "commit", "--allow-empty", "--quiet", "--message", "work")
    ran = autofix("apply", "--all")
    assert ran.text.splitlines() == [
        "bot/fix/add-exc-info/Kaufe.legen.innen-8e6bb681",
        "bot/fix/offload-blocking-calls/Kaufe.warten-87e3ba68",
    ]
    assert git(configured, "rev-parse", f"{ran.text.split()[0]}^") == git(
        configured, "rev-parse", "main"
    )


def test_options_reach_the_codemods(configured: Path, autofix: Run) -> None:
    (configured / "orders/journal.py").write_text(
        "class Shop:\n"
        "    def close(self):\n"
        "        try:\n"
        "            self.till.lock()\n"
        "        except OSError as error:\n"
        '            self.journal.error("till: %s", error)\n'
    )
    ran = autofix("scan", "orders/journal.py", "--output-format", "concise")
    assert ran.text.startswith("orders/journal.py:6:13: add-exc-info self.journal.error() logs")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('brach-prefix = "x"\n', "unknown key {}brach-prefix (did you mean branch-prefix?)"),
        ("base = 3\n", "{}base must be a non-empty string"),
        ('reports = "x.md"\n', "{}reports must be a list of strings"),
        ('branch-prefix = "//"\n', "{}branch-prefix must be more than slashes"),
        ('fail-on = "all"\n', "{}fail-on must be one of safe, review, display"),
        (
            'select = ["add-exec-info"]\n',
            "{}select names the unknown codemod add-exec-info (did you mean add-exc-info?)",
        ),
        (
            "[{}add-exec-info]\nloggers = []\n",
            "unknown codemod {}add-exec-info (did you mean add-exc-info?)",
        ),
        (
            "[{}add-exc-info]\nlogger = []\n",
            "unknown option {}add-exc-info.logger (did you mean loggers?)",
        ),
        ("[{}add-exc-info]\nloggers = 1\n", "{}add-exc-info.loggers must be a list"),
        ("per-path = 1\n", "{}per-path must be a table of patterns, each with a table"),
        (
            '[{}per-path."x/"]\nignored = ["unused-name"]\n',
            'unknown key {}per-path."x/".ignored (did you mean ignore?)',
        ),
    ],
)
@pytest.mark.parametrize("file", FILES)
def test_what_is_wrong_is_told_as_before(
    shop: Path, autofix: Run, file: str, text: str, problem: str
) -> None:
    where = "tool.autofix." if file == "pyproject.toml" else ""
    head = "[tool.autofix]\n" if where and not text.startswith("[") else ""
    (shop / file).write_text(head + text.replace("{}", where), "utf-8")
    ran = autofix("config")
    assert (ran.status, ran.out) == (2, b"")
    assert ran.lines == [f"autofix: {file}: {problem.replace('{}', where)}"]
