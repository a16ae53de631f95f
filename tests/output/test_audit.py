"""Reports that are written: they are read again as they were."""

from __future__ import annotations

import pytest

from codemods.findings.model import (
    Code,
    Field,
    Finding,
    LineRange,
    Location,
    LocationKind,
    Severity,
    Status,
    StatusKind,
)
from codemods.findings.readers.markdown import read_markdown
from codemods.output.audit import audit_id, audit_text, words_of
from codemods.transforms import catalogue


def finding(code: str, *, last: int = 5) -> Finding:
    block = Code(code, "python", 0)
    return Finding(
        id="AEI-0000001",
        title="An error is logged without its traceback in load",
        report="",
        line=1,
        ordinal=1,
        severity=Severity.LOW,
        severity_text="LOW",
        dimension="Error Handling",
        status=Status(StatusKind.NEW, "NEW"),
        locations=(Location(LocationKind.FILE, "shop/a.py", (LineRange(3, last),), "Shop.load"),),
        fields=(
            Field("description", "It is lost.", 0, prose="It is lost."),
            Field("evidence", code, 0, blocks=(block,)),
            Field("impact", "Nobody knows.", 0, prose="Nobody knows."),
            Field("suggested fix", "Add it.", 0, prose="Add it."),
        ),
        rule="add-exc-info",
    )


@pytest.mark.parametrize(
    "code",
    [
        'logger.error("x")',
        "with a:\n    b()\n\n    c()",
        'text = """\n```python\nx\n```\n"""',
        "# ## B-02: no heading\nx = 1",
        "- **Severity**: HIGH",
        'print("größer — ✓")',
    ],
)
def test_what_is_written_is_read(code: str) -> None:
    text = audit_text([finding(code)], title="Audit", preamble="By hand.")
    reading = read_markdown(text, "r.md")
    assert reading.damaged == ()
    (found,) = reading.findings
    assert found.id == "AEI-0000001"
    assert found.title == "An error is logged without its traceback in load"
    assert found.severity is Severity.LOW
    assert found.status.kind is StatusKind.NEW
    assert found.rule == "add-exc-info"
    assert found.description == "It is lost."
    assert [block.text for block in found.evidence_code] == [code]
    assert [item.prose.strip() for item in found.suggestion] == ["Add it."]
    (place,) = found.locations
    assert (place.path, place.lines) == ("shop/a.py", (LineRange(3, 5),))


def test_one_line_is_no_range() -> None:
    text = audit_text([finding("x()", last=3)], title="Audit")
    assert "`shop/a.py:3` (`Shop.load`)" in text
    assert read_markdown(text, "r.md").findings[0].locations[0].lines == (LineRange(3, 3),)


def test_no_findings_at_all() -> None:
    text = audit_text([], title="Audit")
    assert read_markdown(text, "r.md").findings == ()
    assert "| LOW | 0 |" in text


def test_ids() -> None:
    first = audit_id("add-exc-info", "00000000000000ff")
    assert first == "AEI-0000255"
    assert audit_id("add-exc-info", "00000000000000ff", [first]) == "AEI-0000255-2"
    assert audit_id("offload-blocking-calls", "00000000000000ff", [first]) == "OBC-0000255"


@pytest.mark.parametrize("name", [name for name, item in catalogue().items() if item.scans])
def test_what_scans_has_its_words(name: str) -> None:
    words = catalogue()[name].audit
    assert words is not None and words_of(catalogue()[name]) is words
    assert not words.defect.endswith(".")
    assert words.impact.endswith(".")


def test_a_codemod_without_words_has_some_all_the_same() -> None:
    assert "rename-constant" in words_of(catalogue()["rename-constant"]).defect
