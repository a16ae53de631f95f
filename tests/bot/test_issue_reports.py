"""Issues as reports: their words ask, and only who may write to the repository orders."""

from __future__ import annotations

import dataclasses

import pytest

from codemods.delivery.forge.github import GitHub
from codemods.delivery.forge.protocol import ForgeError
from codemods.delivery.publish.deciding import decide
from codemods.delivery.publish.issue_body import body
from codemods.delivery.publish.reading import parse, read_issue
from codemods.findings.model import Code, Field
from codemods.findings.reports import ReportError
from tests.bot.server.http import ForgeServer
from tests.bot.server.state import BOT, PERSON, Item
from tests.bot.test_publishing import subject
from tests.delivery.sandbox import finding

NAME = "github:acme/shop#1"
TEXT = """## Summary
The export reads all rows.

## Evidence / Code Paths
- **File**: `orders/export.py:12`

## Proposed Fix
Read them in parts.

```autofix
codemod = "add-exc-info"
at = ["orders/export.py::export"]
```
"""


def issue(server: ForgeServer, author: str = PERSON, editor: str = "") -> None:
    item = Item(0, "[2026-03-02] HIGH - Exports are slow", TEXT, author, editor=editor)
    server.state.new_item(item)


@pytest.mark.parametrize(
    ("author", "editor"), [("eve", ""), (PERSON, "eve"), ("stranger", ""), (PERSON, "stranger")]
)
def test_who_may_not_write_orders_nothing(
    author: str, editor: str, server: ForgeServer, github: GitHub
) -> None:
    issue(server, author, editor)
    (found,) = read_issue(github, github.issue(1), NAME).findings
    assert found.directive is None
    assert "is ignored" in found.notes[-1]


def test_an_editor_that_nobody_can_name(server: ForgeServer, github: GitHub) -> None:
    issue(server)
    server.state.graphql = False
    (found,) = read_issue(github, github.issue(1), NAME).findings
    assert found.directive is None


@pytest.mark.parametrize("editor", ["", PERSON, BOT])
def test_who_may_write_orders(editor: str, server: ForgeServer, github: GitHub) -> None:
    issue(server, editor=editor)
    (found,) = read_issue(github, github.issue(1), NAME).findings
    assert found.directive is not None
    assert (found.title, found.severity) == ("Exports are slow", "HIGH")


@pytest.mark.parametrize("name", ["github:acme/shop", "github:#1", "github:acme/shop#x", "github:"])
def test_what_is_no_issue(name: str) -> None:
    with pytest.raises(ReportError, match="OWNER/NAME#NUMBER"):
        parse(name)


def test_files_are_no_issues() -> None:
    assert parse("docs/github:x#1.md") is None


def test_there_is_no_such_issue(server: ForgeServer, github: GitHub) -> None:
    with pytest.raises(ForgeError):
        github.issue(99)


def test_what_was_published_is_read_as_it_was(server: ForgeServer, github: GitHub) -> None:
    """With its code to the letter: it is what a place is found by."""
    code = Code(
        '@app.get("/x")\nasync def export() -> None:\n    load(rows)  # fixes #12', "python", 9
    )
    fields = (
        Field("description", "x", 1, prose="The `export_all` of [1] reads *all* rows."),
        Field("evidence", code.text, 2, blocks=(code,)),
    )
    made = dataclasses.replace(finding("B-09", "Exports are slow"), fields=fields)
    text = body(decide(subject(made), []), {})
    server.state.new_item(Item(0, "[2026-03-02] HIGH - Exports are slow", text, BOT))
    (found,) = read_issue(github, github.issue(1), NAME).findings
    assert [block.text for block in found.evidence_code] == [code.text]
    assert "The `export_all` of [1] reads *all* rows." in found.description
