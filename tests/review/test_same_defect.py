"""A defect that several reports tell is one item, one decision and one branch, with all its ids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codemods.cli.context import Session
from codemods.cli.drawing import SCREEN
from codemods.cli.options import Common
from codemods.cli.review.detail import detail, listed
from codemods.cli.review.plain import Plain
from codemods.cli.review.reading import opened
from codemods.cli.review.state import Reviewing
from codemods.cli.review.writing import write
from codemods.delivery.review.decisions import decisions_bytes, made
from tests.cli.conftest import Run, git
from tests.cli.test_same_finding import twin
from tests.review.conftest import short

pytestmark = pytest.mark.slow

NAMES = "B-05, AUDIT_SECURITY_2026-03-09:S-7"


TIMEOUT = """# {word}

### {name}: The upstream call has no timeout
- **Severity**: {severity}
- **Location**: `orders/upstream.py:5`
- **Description**: `requests.get()` waits forever in fetch().

```autofix
codemod = "add-timeout"
at = ["orders/upstream.py::fetch"]
calls = ["requests.get"]
timeout = {seconds}
```
"""


def begun(shop: Path, *, quiet: bool = True) -> Reviewing:
    session = Session(Common(folder=shop, quiet=quiet))
    return Reviewing(session, opened(session))


def at(reviewing: Reviewing, name: str) -> int:
    return list(map(short, reviewing.items)).index(name)


def message(shop: Path) -> str:
    (name,) = git(shop, "branch", "--list", "autofix/*", "--format=%(refname:short)").split()
    return git(shop, "log", "-1", "--format=%B", name)


def page(autofix: Run, shop: Path) -> list[dict[str, Any]]:
    assert autofix("review", "--html", shop / "review.html").status == 0
    text = (shop / "review.html").read_text()
    data = text.partition('id="data">')[2].partition("</script>")[0]
    found: list[dict[str, Any]] = json.loads(data)["findings"]
    return found


def test_findings_without_a_fix_stay_apart(shop: Path) -> None:
    twin(shop, of="B-08")
    found = list(map(short, begun(shop).items))
    assert "B-08" in found and "S-7" in found


def test_two_defects_stay_apart(shop: Path) -> None:
    assert len(begun(shop).items) == 8


def test_one_item_with_all_ids_in_the_terminal(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twin(shop)
    reviewing = begun(shop)
    assert (len(reviewing.items), reviewing.counts()[:37]) == (
        8,
        "0 accepted · 0 skipped · 4 to decide",
    )
    entry = reviewing.entry(reviewing.items[at(reviewing, "B-05")])
    assert entry.ids == NAMES and "S-7" in entry.text
    assert NAMES in str(listed(entry, None, 200, SCREEN, open_=True))
    lines = list(map(str, detail(entry, None, [], 100, SCREEN, two=True)))
    assert "Also reported as AUDIT_SECURITY_2026-03-09:S-7" in lines
    assert not [line for line in lines if line.startswith("Not written")]
    Plain(begun(shop, quiet=False), lambda _number: None, lambda _question: "s").run()
    told = " ".join(capsys.readouterr().err.split())
    assert f"{NAMES}: " in told and "also reported as AUDIT_SECURITY_2026-03-09:S-7" in told


def test_one_decision_and_one_branch_that_names_both(shop: Path) -> None:
    twin(shop)
    reviewing = begun(shop)
    reviewing.accept(at(reviewing, "B-05"))
    (row,) = write(reviewing, reviewing.decisions())
    assert row.done
    said = message(shop)
    assert "AUDIT_BACKEND_2026-03-02:B-05" in said and "AUDIT_SECURITY_2026-03-09:S-7" in said


def test_the_page_has_one_item_and_its_decision_gives_the_same_commit(
    shop: Path, autofix: Run, tmp_path: Path
) -> None:
    twin(shop)
    found = page(autofix, shop)
    (item,) = [one for one in found if "S-7" in one["ids"]]
    assert (len(found), item["ids"], item["also"][0]["files"]) == (8, NAMES, [])
    reviewing = begun(shop)
    reviewing.accept(at(reviewing, "B-05"))
    (decision,) = reviewing.decisions()
    assert decision.also == (item["also"][0]["name"],)
    path = tmp_path / "decisions.json"
    path.write_bytes(decisions_bytes(made(reviewing.review.names, None, [decision])))
    done = autofix("apply", "--decisions", path, "--output-format", "json")
    assert done.status == 0
    by_file = message(shop)
    assert autofix("undo", "B-05").status == 0
    write(reviewing, [decision])
    assert message(shop) == by_file
    assert "AUDIT_SECURITY_2026-03-09:S-7" in by_file
    (told,) = json.loads(done.text)["decisions"]
    assert told["also"] == ["AUDIT_SECURITY_2026-03-09:S-7"]


def test_a_change_left_out_is_left_out_for_both(shop: Path) -> None:
    twin(shop, of="B-04")
    reviewing = begun(shop)
    reviewing.turn(at(reviewing, "B-04"), 1)
    (row,) = write(reviewing, reviewing.decisions())
    assert row.done and row.outcome == "partly-fixed"
    said = message(shop)
    assert "AUDIT_SECURITY_2026-03-09:S-7" in said and "Left to do" in said


def test_what_was_decided_about_the_twin_holds(shop: Path) -> None:
    twin(shop)
    reviewing = begun(shop)
    reviewing.skip(at(reviewing, "B-05"))
    document = json.loads(reviewing.path.read_text())
    document["decisions"][0] |= {"finding": "AUDIT_SECURITY_2026-03-09:S-7", "also": []}
    reviewing.path.write_text(json.dumps(document))
    later = begun(shop)
    assert (later.told, later.choices) == ([], reviewing.choices)


def test_a_twin_that_is_gone_is_told_and_not_named(
    shop: Path, autofix: Run, tmp_path: Path
) -> None:
    twin(shop)
    reviewing = begun(shop)
    reviewing.accept(at(reviewing, "B-05"))
    path = tmp_path / "decisions.json"
    path.write_bytes(reviewing.path.read_bytes())
    twin(shop, identifier="S-9", of="B-08")
    done = autofix("apply", "--decisions", path)
    assert done.status == 0
    assert "the fix has changed since: AUDIT_SECURITY_2026-03-09:S-7" in " ".join(done.err.split())
    assert "S-7" not in message(shop)


def test_another_fix_of_the_same_place_is_shown_and_not_written(shop: Path, autofix: Run) -> None:
    """The worse severity's is taken."""
    code = "import requests\n\n\ndef fetch(url):\n    return requests.get(url).json()\n"
    (shop / "orders/upstream.py").write_text(code)
    for word, severity, seconds in (("ONE", "LOW", 30), ("TWO", "HIGH", 5)):
        text = TIMEOUT.format(word=word, name=f"{word}-1", severity=severity, seconds=seconds)
        (shop / f"docs/audits/AUDIT_{word}_2026-03-09.md").write_text(text)
    git(shop, "add", ".")
    git(shop, "commit", "-qm", "upstream")
    reviewing = begun(shop, quiet=False)
    number = at(reviewing, "TWO-1")
    item = reviewing.items[number]
    entry = reviewing.entry(item)
    assert (entry.ids, item.shared) == ("TWO-1, AUDIT_ONE_2026-03-09:ONE-1", ())
    lines = list(map(str, detail(entry, None, [], 100, SCREEN, two=False)))
    at_head = lines.index("Not written: the part that only AUDIT_ONE_2026-03-09:ONE-1 would change")
    assert any("timeout=30" in line for line in lines[at_head:])
    Plain(reviewing, lambda _number: None, lambda _question: None).run()
    (other,) = next(one for one in page(autofix, shop) if one["id"] == "TWO-1")["also"]
    assert '["30", "n", 1]' in json.dumps(other["files"])
    reviewing.accept(number)
    (decision,) = reviewing.decisions()
    assert decision.also == ()
    (row,) = write(reviewing, [decision])
    assert row.done and "ONE-1" not in message(shop)
