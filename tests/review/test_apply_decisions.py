"""`autofix apply --decisions`: exactly what was accepted, of exactly the patch that was shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codemods.delivery.review.decisions import decisions_bytes, made, read_decisions
from tests.cli.conftest import Run, git
from tests.review.conftest import REPORT, Decide, decided, reviewed, short

FIXED = ("B-01", "B-02", "B-04", "B-05")
INVOICES = "orders/invoices.py"


def branches(shop: Path) -> list[str]:
    return git(shop, "branch", "--list", "autofix/*", "--format=%(refname:short)").split()


def trees(shop: Path) -> dict[str, str]:
    """The tree of each branch."""
    return {name: git(shop, "rev-parse", f"{name}^{{tree}}") for name in branches(shop)}


def changed(path: Path, **fields: Any) -> Path:
    """The file with fields of its only decision changed."""
    document = json.loads(path.read_text())
    document["decisions"][0] |= fields
    path.write_text(json.dumps(document))
    return path


def test_nothing_accepted_nothing_written(autofix: Run, shop: Path, decide: Decide) -> None:
    done = autofix("apply", "--decisions", decide({"B-01": ("skip",), "B-05": ("skip",)}))
    assert (done.status, done.out, branches(shop)) == (0, b"", [])
    assert "2 skipped" in done.err


def test_no_decision_at_all(autofix: Run, shop: Path, decide: Decide) -> None:
    done = autofix("apply", "--decisions", decide({}))
    assert (done.status, done.out, branches(shop)) == (0, b"", [])


@pytest.mark.parametrize(
    "more",
    [
        ["--all"],
        ["B-01"],
        ["--finding", "B-01"],
        ["--severity", "HIGH"],
        ["--codemod", "add-exc-info"],
        ["--in-place", "--unsafe-fixes"],
        ["--plan", "x.toml"],
        ["--in-place", "--push"],
        ["--in-place", "--verify", "true"],
    ],
)
def test_no_other_choice_beside_it(
    autofix: Run, shop: Path, decide: Decide, more: list[str]
) -> None:
    done = autofix("apply", "--decisions", decide({"B-05": ("accept",)}), *more)
    assert (done.status, done.out, branches(shop)) == (2, b"", [])


def test_another_patch_by_now_is_refused_by_name(autofix: Run, shop: Path, decide: Decide) -> None:
    path = decide({"B-02": ("accept",), "B-05": ("accept",)})
    text = (shop / INVOICES).read_text()
    (shop / INVOICES).write_text(text.replace("time.sleep(2**attempt)", "time.sleep(attempt)"))
    git(shop, "commit", "-qam", "other")
    done = autofix("apply", "--decisions", path)
    assert done.status == 1
    assert [name.split("/")[-1][:4] for name in branches(shop)] == ["post"]
    document = json.loads(autofix("apply", "--decisions", path, "--output-format", "json").out)
    assert [(item["finding"][-4:], item["outcome"]) for item in document["decisions"]] == [
        ("B-02", "stale"),
        ("B-05", "fixed"),
    ]
    assert "a different patch now" in document["decisions"][0]["reason"]


def test_what_was_fixed_meanwhile_is_told(autofix: Run, shop: Path, decide: Decide) -> None:
    path = decide({"B-05": ("accept",)})
    autofix("apply", "B-05", "--in-place")
    git(shop, "commit", "-qam", "fixed")
    done = autofix("apply", "--decisions", path)
    assert (done.status, done.out) == (1, b"")
    assert "already-fixed" in done.err


def test_a_finding_that_is_gone(autofix: Run, shop: Path, decide: Decide) -> None:
    path = changed(decide({"B-05": ("accept",)}), finding="X:Y-1", key="0" * 12)
    done = autofix("apply", "--decisions", path, "--output-format", "json")
    row = json.loads(done.out)["decisions"][0]
    assert (done.status, row["outcome"], row["result"]) == (1, "stale", None)


def test_a_mark_of_another_change(autofix: Run, shop: Path, decide: Decide) -> None:
    path = decide({"B-05": ("accept",)})
    document = json.loads(path.read_text())
    site = document["decisions"][0]["changes"][0]["site"]
    site["mark"] = "f" * 16
    path.write_text(json.dumps(document))
    done = autofix("apply", "--decisions", path)
    assert (done.status, branches(shop)) == (1, [])
    assert "has no decision for the Change" in " ".join(done.err.split())


@pytest.mark.parametrize("report", ["../elsewhere.md", "/etc/passwd", ["../x.md", REPORT]])
def test_a_report_outside_is_not_read(
    autofix: Run, shop: Path, decide: Decide, report: object
) -> None:
    path = decide({"B-05": ("accept",)})
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | {"report": report}))
    done = autofix("apply", "--decisions", path)
    assert (done.status, branches(shop)) == (2, [])
    assert "is outside" in done.err
    assert autofix("apply", "--decisions", path, "--report", REPORT).status == 0


def test_an_edit_from_elsewhere_is_refused(autofix: Run, shop: Path, tmp_path: Path) -> None:
    found = {short(item): item for item in reviewed(shop)}
    item = decided(found["B-02"], "accept", edits=("--- a/x\n+++ b/x\n",))
    path = tmp_path / "d.json"
    path.write_bytes(decisions_bytes(made([REPORT], None, [item])))
    done = autofix("apply", "--decisions", path)
    assert (done.status, branches(shop)) == (1, [])
    assert "only the terminal's own file" in " ".join(done.err.split())


def test_without_git(autofix: Run, shop: Path, decide: Decide) -> None:
    path = decide({"B-05": ("accept",)})
    (shop / ".git").rename(shop / "git")
    assert autofix("apply", "--decisions", path).status == 2


def test_the_branches_of_apply(autofix: Run, shop: Path, decide: Decide) -> None:
    autofix("apply", *FIXED)
    wanted = trees(shop)
    for name in branches(shop):
        git(shop, "branch", "-D", name)
    path = decide(dict.fromkeys(FIXED, ("accept",)))
    done = autofix("apply", "--decisions", path)
    assert done.status == 0 and done.text.split() == list(dict.fromkeys(done.text.split()))
    assert trees(shop) == wanted
    again = autofix("apply", "--decisions", path)
    assert (again.status, trees(shop)) == (0, wanted)
    assert "unchanged" in again.err


def test_lines_that_moved_change_nothing(autofix: Run, shop: Path, decide: Decide) -> None:
    path = decide({"B-02": ("accept",)})
    (shop / INVOICES).write_text("# one more line\n" + (shop / INVOICES).read_text())
    git(shop, "commit", "-qam", "moved")
    assert autofix("apply", "--decisions", path).status == 0


def test_a_report_with_another_name_is_known_by_the_key(
    autofix: Run, shop: Path, decide: Decide
) -> None:
    path = decide({"B-05": ("accept",)})
    git(shop, "mv", REPORT, "docs/audits/OTHER.md")
    done = autofix("apply", "--decisions", path, "--report", "docs/audits/OTHER.md")
    assert done.status == 0 and len(branches(shop)) == 1


def test_some_changes_of_a_fix(autofix: Run, shop: Path, decide: Decide) -> None:
    path = decide({"B-04": ("skip", "accept")})
    done = autofix("apply", "--decisions", path)
    assert done.status == 0
    (name,) = branches(shop)
    text = git(shop, "show", f"{name}:orders/repository.py")
    assert text.count("selectinload(") == 1 and "selectinload(Order.notes)" in text
    assert "left out in the review" in git(shop, "log", "-1", "--format=%B", name)


def test_in_place_each_stands_on_the_ones_before(autofix: Run, shop: Path, decide: Decide) -> None:
    path = decide({"B-01": ("accept",), "B-02": ("accept",), "B-05": ("skip",)})
    done = autofix("apply", "--decisions", path, "--in-place")
    assert (done.status, branches(shop)) == (0, [])
    text = (shop / INVOICES).read_text()
    assert "asyncio.sleep(" in text and "to_thread(render_invoice" in text
    assert git(shop, "status", "--porcelain").split() == ["M", INVOICES]


def test_dry_run_prints_what_would_be_written(autofix: Run, shop: Path, decide: Decide) -> None:
    path = decide({"B-02": ("accept",), "B-05": ("skip",)})
    done = autofix("apply", "--decisions", path, "--dry-run")
    assert (done.status, branches(shop)) == (0, [])
    assert done.out == autofix("diff", "B-02").out


def test_the_file_names_its_fixes(decide: Decide) -> None:
    found = read_decisions(decide({"B-04": ("accept",)}), "d.json")
    assert found.reports == (REPORT,)
    assert [site.site.line for site in found.decisions[0].changes] != []


def test_two_reports_of_one_name_are_told_apart(autofix: Run, shop: Path, tmp_path: Path) -> None:
    other = shop / "docs/audits/other" / Path(REPORT).name
    other.parent.mkdir()
    other.write_text((shop / REPORT).read_text().replace("B-02", "B-92"))
    names = ["--report", REPORT, "--report", str(other.relative_to(shop))]
    page = tmp_path / "page.html"
    assert autofix("review", "--html", page, *names).status == 0
    data = page.read_text().partition('id="data">')[2].partition("</script>")[0]
    found = [item["name"] for item in json.loads(data)["findings"]]
    # The four fixes are one item each, with what the other report calls them.
    assert len(set(found)) == len(found) == 12
    also = [other["name"] for item in json.loads(data)["findings"] for other in item["also"]]
    assert len(set(also)) == len(also) == 4
    assert "AUDIT_BACKEND_2026-03-02:B-92" in also
    assert f"{REPORT}:B-05@82" in found
