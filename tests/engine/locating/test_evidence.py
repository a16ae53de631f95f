"""Evidence is cut into regions of statements, whatever an auditor did to it."""

from __future__ import annotations

import pytest

from codemods.engine.locating.evidence import evidence_regions
from codemods.engine.locating.tokens import Hit, TokenFile
from codemods.findings.model import LineRange
from tests.engine.reported import field, finding


def statements(code: str, language: str | None = "python") -> list[str]:
    """The statements of one fence, tokens joined by blanks."""
    said = finding("t", (), field("evidence", "", code, language=language))
    return [" ".join(item.keys) for region in evidence_regions(said) for item in region.statements]


@pytest.mark.parametrize(
    "code",
    ["...", "# a comment", "import os", "else:", "try:", "def f(self):", "x = None", "}", "pass"],
)
def test_what_says_nothing_is_no_statement(code: str) -> None:
    assert statements(code) == []


@pytest.mark.parametrize("language", ["typescript", "rust", "bash", "json"])
def test_other_languages_are_no_evidence(language: str) -> None:
    assert statements("track_path = load_audio(reference)", language) == []


@pytest.mark.parametrize(
    "code",
    [
        "audio = load_audio(path_name)",
        "audio = load_audio(path_name)  # Line 361 — BLOCKS",
        "audio = load_audio(path_name)   ← BLOCKS the loop",
        "audio = load_audio(\n    path_name,\n)",
        "361: audio = load_audio(path_name)\n362: ",
        "361 | audio = load_audio(path_name)\n362 | ...",
    ],
)
def test_one_statement_however_it_is_dressed(code: str) -> None:
    assert statements(code) == ["audio = load_audio ( path_name )"]


def test_a_diff_shows_what_it_removes() -> None:
    code = "@@ -1,2 +1,2 @@\n-audio = load_audio(path_name)\n+audio = other_thing(path_name)\n"
    assert statements(code, "diff") == ["audio = load_audio ( path_name )"]


def test_a_bracket_that_never_closes_joins_nothing() -> None:
    assert statements("return {\nfirst_name = load_audio(path_name)") == [
        "first_name = load_audio ( path_name )"
    ]


def test_a_gutter_and_remarks_give_lines() -> None:
    code = "361: audio = load_audio(path_name)\n362: return save_audio(audio, 2)"
    said = finding("t", (), field("evidence", "", code))
    (region,) = evidence_regions(said)
    assert [item.lines for item in region.statements] == [
        (LineRange(361, 361),),
        (LineRange(362, 362),),
    ]


def test_headings_and_definitions_begin_regions() -> None:
    code = """
    # Line 48: not reentrant
    self.update_lock = threading.Lock()

    # Lines 125-129 (in Engine.first)
    def first(self):
        with self.update_lock:
            return self.next_track

    @router.get("/x")
    def second(self):
        return self.next_track
    """
    regions = evidence_regions(finding("t", (), field("evidence", "", code)))
    assert [region.headers for region in regions] == [(), ("first",), ("second",)]
    assert [region.lines for region in regions][:2] == [
        (LineRange(48, 48),),
        (LineRange(125, 129),),
    ]
    assert [item.text for item in regions[1].owners] == ["Engine.first"]


def test_prose_above_a_fence_names_its_owner_its_lines_and_its_file() -> None:
    shown = field("evidence", "`search()` (not fixed, line 155) of `store.py`:", "a_b = c_d(e_f)")
    (region,) = evidence_regions(finding("t", (), shown))
    assert [item.name for item in region.owners] == ["search"]
    assert region.lines == (LineRange(155, 155),)
    assert region.files == ("store.py",)


def test_what_grep_puts_before_a_line_is_no_code() -> None:
    shown = field(
        "evidence",
        "",
        """
        tests/test_files.py:594:        path = tempfile.mktemp(suffix='.db')
        tests/test_flows.py:308:    output = tempfile.mktemp(suffix=".wav")
        """,
        language=None,
    )
    (region,) = evidence_regions(finding("t", (), shown))
    assert [" ".join(item.keys) for item in region.statements] == [
        'path = tempfile . mktemp ( suffix = ".db" )',
        'output = tempfile . mktemp ( suffix = ".wav" )',
    ]


FILE = '''
def f(self):
    """Words with load_audio(path)."""
    audio, rate = load_audio(path)  # load_audio(other)
    save(path=path, data=audio.data, rate=rate)
    self._cache['key'] = [
        1,
        2,
    ]
'''


@pytest.mark.parametrize(
    ("keys", "hits"),
    [
        ("load_audio ( other )", []),
        ("audio , rate = load_audio ( path )", [Hit(4, 4)]),
        ("save ( path = path , ... )", [Hit(5, 5)]),
        ("save ( ... rate = rate )", [Hit(5, 5)]),
        ("load_audio ( ... rate = rate )", []),
        ('self . _cache [ "key" ] = [ 1 , 2 ]', [Hit(6, 9)]),
        ("self . cache [ ... ]", []),
        ("...", []),
    ],
)
def test_runs_of_tokens_with_wildcards(keys: str, hits: list[Hit]) -> None:
    wanted = [key.replace('"key"', '"key"') for key in keys.split()]
    assert TokenFile(FILE).find(wanted) == hits


def test_leading_underscores_count_only_when_they_should() -> None:
    wanted = ["self", ".", "cache", "["]
    assert TokenFile(FILE).find(wanted) == []
    assert TokenFile(FILE).find(wanted, renamed=True) == [Hit(6, 6)]
