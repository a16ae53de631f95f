"""Files of decisions: what is none, and what comes back as it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from codemods.delivery.review.decisions import (
    LARGEST,
    MOST,
    DecisionsError,
    decisions_bytes,
    parse_decisions,
    read_decisions,
    schema,
)

SITE = {"path": "app/main.py", "line": 3, "function": "main", "mark": "0123456789abcdef"}
DECISION: dict[str, Any] = {
    "finding": "AUDIT_1:B-02",
    "key": "0123456789ab",
    "patch": "a" * 40,
    "decision": "accept",
    "changes": [{"site": SITE, "decision": "accept"}],
    "also": ["AUDIT_2:S-7"],
}
FILE: dict[str, Any] = {
    "version": 1,
    "report": "docs/audits/AUDIT_1.md",
    "base": "b" * 40,
    "decisions": [DECISION],
}


def without(table: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != name}


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        "accept",
        None,
        FILE | {"version": 2},
        FILE | {"version": "1"},
        FILE | {"also": 1},
        FILE | {"base": "main"},
        FILE | {"report": 7},
        FILE | {"decisions": {}},
        *(without(FILE, name) for name in FILE),
        *(FILE | {"decisions": [without(DECISION, name)]} for name in ("finding", "key", "patch")),
        FILE | {"decisions": [DECISION | {"decision": "maybe"}]},
        FILE | {"decisions": [DECISION | {"key": "../../etc"}]},
        FILE | {"decisions": [DECISION | {"patch": "-rf"}]},
        FILE | {"decisions": [DECISION | {"finding": ""}]},
        FILE | {"decisions": [DECISION | {"finding": "x" * 2_000}]},
        FILE | {"decisions": [DECISION | {"command": "sh"}]},
        FILE | {"decisions": [DECISION | {"also": "AUDIT_2:S-7"}]},
        FILE | {"decisions": [DECISION | {"also": [""]}]},
        FILE | {"decisions": [DECISION | {"changes": [{"site": SITE}]}]},
        FILE | {"decisions": [DECISION | {"changes": [{"site": 3, "decision": "skip"}]}]},
        FILE
        | {
            "decisions": [
                DECISION | {"changes": [{"site": SITE | {"line": -1}, "decision": "skip"}]}
            ]
        },
        FILE | {"decisions": [DECISION, DECISION]},
        FILE | {"decisions": [DECISION | {"finding": f"A:{number}"} for number in range(MOST + 1)]},
    ],
)
def test_what_holds_no_decisions(document: object) -> None:
    with pytest.raises(DecisionsError, match=r"^d\.json: "):
        parse_decisions(json.dumps(document).encode(), "d.json")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"version": 1e999}'])
def test_what_is_no_json(data: bytes) -> None:
    with pytest.raises(DecisionsError):
        parse_decisions(data, "d.json")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    for path in (tmp_path, tmp_path / "none", large):
        with pytest.raises(DecisionsError, match="cannot be read"):
            read_decisions(path, "d.json")


def test_a_message_is_one_short_line() -> None:
    twice = DECISION | {"finding": "A\n" * 300}
    with pytest.raises(DecisionsError) as error:
        parse_decisions(json.dumps(FILE | {"decisions": [twice, twice]}).encode(), "d.json")
    assert "\n" not in str(error.value) and len(str(error.value)) < 200


@pytest.mark.parametrize(
    "document",
    [
        FILE,
        FILE | {"base": None, "decisions": []},
        FILE | {"report": ["a.md", "b.md"]},
        FILE | {"decisions": [DECISION | {"decision": "skip", "changes": []}]},
        FILE
        | {
            "decisions": [
                DECISION | {"changes": [{"site": SITE, "decision": "accept", "edit": "--- a/x\n"}]}
            ]
        },
    ],
)
def test_what_is_written_is_read(document: dict[str, Any]) -> None:
    jsonschema.validate(document, schema())
    found = parse_decisions(json.dumps(document).encode(), "d.json")
    assert json.loads(msgspec.json.encode(found)) == document
    assert parse_decisions(decisions_bytes(found), "d.json") == found
    assert list(json.loads(decisions_bytes(found))) == ["version", "report", "base", "decisions"]


def test_what_an_earlier_version_wrote_is_read() -> None:
    """It knew of no other names."""
    decision = {name: value for name, value in DECISION.items() if name != "also"}
    document = FILE | {"decisions": [decision]}
    jsonschema.validate(document, schema())
    (found,) = parse_decisions(json.dumps(document).encode(), "d.json").decisions
    assert found.also == ()
