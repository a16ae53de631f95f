"""JSON and SARIF: the keys, types and names of before the house are there, and no others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest

from tests.cli.conftest import Run
from tests.compat.conftest import DATA, MakeShop
from tests.compat.shapes import shape

ALSO = "what other reports call the same finding"
LEFT = "what stays of a finding that is only partly fixed"
GITHUB = "what GitHub shows of a rule and of a place"
ADDED: Mapping[str, Mapping[str, str]] = {
    "codemods": {"codemods[].area: str": "the catalogue is listed by what it is about"},
    "show B-01": {"finding.result.left: list": LEFT},
    "apply --all": {"results[].left: list": LEFT, "results[].also: list": ALSO},
    "list": {
        "findings[].branch: str": "branches are named after code, so the finding's is told here",
        "findings[].branch: null": "it has none",
        "findings[].also: list": ALSO,
        "findings[].left: list": LEFT,
    },
    "list --no-state": {
        "findings[].left: list": LEFT,
        "findings[].branch: null": "nobody has looked",
        "findings[].also: list": ALSO,
    },
    "scan": {"silenced: list": "settings of a folder may end a check"},
    "scan --output-format sarif": {
        "runs[].results[].locations[].physicalLocation.region.endColumn: int": GITHUB,
        "runs[].tool.driver.rules[].help.markdown: str": GITHUB,
        "runs[].tool.driver.rules[].properties.problem.severity: str": GITHUB,
        "runs[].tool.driver.rules[].properties.tags: list": GITHUB,
        "runs[].tool.driver.rules[].properties.tags[]: str": GITHUB,
    },
    "undo B-01 B-99": {
        "results[].withdrawn: bool": "with --remote the branch is deleted at origin, too",
        "results[].withdrawn: absent": "nothing was deleted",
    },
}
"""By the first command of a section: lines that came since, each with its reason."""
SILENT = "a scan is silent about a handler that raises again"
GONE: Mapping[str, Mapping[str, str]] = {
    "scan --output-format sarif": {
        "runs[].results[].properties.safety = display": SILENT,
        "runs[].results[].fixes: absent": SILENT,
        "runs[].results[].partialFingerprints.autofix/v1 = aeac2603ea8df9af": SILENT,
    },
}
"""And lines that went."""


def recorded() -> Iterator[tuple[list[str], list[str]]]:
    """The commands of each section of the record, and the lines of what they print."""
    for section in (DATA / "documents.txt").read_text("utf-8").strip().split("\n\n"):
        lines = section.split("\n")
        commands = [line.removeprefix("$ autofix ") for line in lines if line.startswith("$ ")]
        yield commands, lines[len(commands) :]


def printed(command: str, autofix: Run) -> object:
    """The document that a command prints, JSON where it does not say another format."""
    words = command.split()
    if "--output-format" not in words:
        words += ["--output-format", "json"]
    return json.loads(autofix(*words).out)


@pytest.mark.parametrize(("commands", "before"), [*recorded()], ids=lambda item: item[0])
def test_a_document_has_the_keys_and_types_of_before(
    commands: list[str], before: list[str], make_shop: MakeShop, autofix: Run
) -> None:
    documents = []
    for command in commands:
        make_shop()
        documents.append(printed(command, autofix))
    now = set(shape(documents))
    assert set(before) - now == set(GONE.get(commands[0], {})), "gone, or of another type"
    assert now - set(before) == set(ADDED.get(commands[0], {})), "new, and not listed"


def test_every_added_line_belongs_to_a_section() -> None:
    assert {*ADDED, *GONE} <= {commands[0] for commands, _ in recorded()}


@pytest.mark.parametrize(
    ("document", "lines"),
    [
        ({"a": 1}, ["a: int"]),
        ({"a": True}, ["a: bool"]),
        ({"a": None}, ["a: null"]),
        ({"a": []}, ["a: list"]),
        ({"a": ["x", 1.5]}, ["a: list", "a[]: float", "a[]: str"]),
        ({"a": [{"b": 1}, {}]}, ["a: list", "a[].b: absent", "a[].b: int"]),
        ({"rules": [{"id": "x"}]}, ["rules: list", "rules[].id = x", "rules[].id: str"]),
    ],
)
def test_a_shape_tells_documents_apart(document: object, lines: list[str]) -> None:
    assert shape([document]) == lines


def test_a_key_that_one_document_lacks_is_told() -> None:
    assert shape([{"a": 1}, {}]) == ["a: absent", "a: int"]
