"""A file is moved while a pull request of it is open, or after a person closed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from codemods.codemod import Change, Safety, Site
from codemods.delivery.bot.marker import Marker
from codemods.delivery.bot.matching import Matched, Ours, match
from codemods.delivery.bot.subjects import Member, Subject, subjects
from codemods.delivery.forge.protocol import PullRequest
from codemods.engine.outcomes import FilePatch, Fixed, Patch, Resolution
from tests.delivery.sandbox import finding

OLD = "shop/export.py::Export.run"
PULL = PullRequest(15, "fix: x", "", "autofix/x", "t1", "main", True)


def subject(path: str, name: str, id: str = "B-09") -> Subject:
    made = finding(id, "the export drops the traceback", report="docs/AUDIT.md")
    files = (FilePatch(path, b"a\n", b"b\n"),)
    change = Change(Site(path, 3, 3, name), "logs the traceback", (), Safety.SAFE)
    resolution = Resolution(made, Fixed(Patch(files, (change,))), "add-exc-info")
    (one,) = subjects([("b" * 12, Member(f"AUDIT:{id}", resolution))])
    return one


def matched(one: Subject, exists: Callable[[str], bool], *, opened: bool = True) -> list[Matched]:
    marker = Marker({"keys": ["a" * 12], "findings": ["AUDIT:B-09"], "places": [OLD]})
    known = Ours(replace(PULL, open=opened), marker, None)
    return list(match([one], [known], {}, lambda _: "", exists))


def gone(path: str) -> bool:
    return False


def there(path: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("shop/core/export.py", "Export.run"),
        ("shop/core/export.py", "Exporter.run"),
        ("shop/exporting.py", "Export.run"),
    ],
)
def test_a_moved_file_is_the_same_one(path: str, name: str) -> None:
    (row,) = matched(subject(path, name), gone)
    assert row.open is not None and row.open.pull.number == 15
    (row,) = matched(subject(path, name), gone, opened=False)
    assert [item.pull.number for item in row.past] == [15]


@pytest.mark.parametrize(
    ("path", "name", "id", "exists"),
    [
        # A report that is written anew gives its ids to other defects.
        ("shop/core/export.py", "Export.run", "B-09", there),
        ("shop/orders.py", "Orders.run", "B-09", gone),
        ("shop/orders.py", "", "B-09", gone),
        ("shop/core/export.py", "Export.run", "B-10", gone),
    ],
)
def test_another_defect_is_another_one(
    path: str, name: str, id: str, exists: Callable[[str], bool]
) -> None:
    row, orphan = matched(subject(path, name, id), exists)
    assert (row.open, orphan.subject) == (None, None)
    (row,) = matched(subject(path, name, id), exists, opened=False)
    assert row.past == ()
