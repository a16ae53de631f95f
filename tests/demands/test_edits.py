"""Every form of the table, in sentences as reports write them, and sentences that are no edits."""

from __future__ import annotations

import pytest

from codemods.demands.edits import FORMS, Reading, edits_in
from codemods.demands.pairs import Pair, pairs_in
from codemods.demands.requested import RequestedEdit
from codemods.transforms.apply_suggestion.code import read
from codemods.transforms.apply_suggestion.plan import fits


def read_prose(text: str) -> Reading:
    return edits_in(text, fits)


ADVICE = (
    "Implement caching with `functools.lru_cache`.",
    "Refactor callers to be async and call `process()` directly.",
    "Use SQL LIKE filter.",
    "Use `asyncio.Semaphore` instead of counter polling.",
    "Replace `hasattr()` with a whitelist of allowed fields.",
    "Consider `x.copy()` here.",
    "Add `exc_info` handling to `load()`.",
    "Add `self.index = 0` to `reset()`.",
    "Add an `sf.info()` duration guard before `sf.read()` in `load`.",
    "Add `x = 1` before loading.",
    "Add `self.index = ...` at the end of `reset()`.",
    "Add `limit` after `offset`.",
    "Call `await load()` before `play()`.",
    "Add `if x: return` inside the branch for loud input.",
    "Add `with lock:` before `x = 1`.",
    "Add `@property` to the class.",
    "Replace both with one.",
    "Configure with same pragmas as LibraryManager.",
    "Read `response.size` in chunks with a max size check.",
    "Wrap the call in `asyncio.to_thread()`.",
    "Change to `return await asyncio.to_thread(load, path)`.",
    "Change to `with self.lock:`.",
    "Do not downgrade it to DEBUG.",
    "It should not be downgraded to DEBUG.",
    "Keep it, don't drop it to DEBUG.",
    "There is no need to lower it to DEBUG.",
    "Errors that are raised to warning handlers are lost.",
    "When logs are moved to debug builds nothing is seen.",
    "Update `docs/API.md` to `v2`.",
    "",
)


@pytest.mark.parametrize("sentence", ADVICE)
def test_advice_is_no_edit(sentence: str) -> None:
    requested_edits = read_prose(sentence).edits
    # What is no Python is dropped where the finding is recognised.
    assert not [item for item in requested_edits if read(item.new) and "/" not in (item.old or "")]


SAID = {
    "change": (
        ("Change `>` to `>=`.", ">", ">="),
        ("Replace the literal `3` with `self.limit`.", "3", "self.limit"),
        ("Change `processed = audio` to `processed = audio.copy()` on line 67 to match.",
         "processed = audio", "processed = audio.copy()"),
        ("Swap `np.ones(n)` for `np.zeros(n)`.", "np.ones(n)", "np.zeros(n)"),
    ),
    "arrow": (
        ("`np.ones` → `np.zeros`", "np.ones", "np.zeros"),
        ("`sosfilt → sosfiltfilt` in all three methods.", "sosfilt", "sosfiltfilt"),
        ("Either reuse it, or `wait=False`→`wait=True`.", "wait=False", "wait=True"),
    ),
    "instead": (
        ("Catch `Exception` instead of just `ImportError`.", "ImportError", "Exception"),
        ("Use `except Exception:` instead of bare `except:`.", "except:", "except Exception:"),
        ("Use `f(a)` rather than `g(a)`.", "g(a)", "f(a)"),
        ("Instead of `g(a)`, use `f(a)`.", "g(a)", "f(a)"),
    ),
    "should-be": (
        ("`f(a)` should be used instead of `g(a)`.", "g(a)", "f(a)"),
        ("`g(a)` must be replaced by `f(a)`.", "g(a)", "f(a)"),
        ("Wrong: `pitch_stability` (should be `pitch_confidence`).",
         "pitch_stability", "pitch_confidence"),
        ("`CEILING = 1.0` should be `CEILING = 0.0`.", "CEILING = 1.0", "CEILING = 0.0"),
    ),
    "colon": (
        ("Iterate over a copy: `for item in list(items):`.", None, "for item in list(items):"),
        ("Add `exc_info=True`: `logger.error(text, exc_info=True)`.",
         None, "logger.error(text, exc_info=True)"),
    ),
    "pass-to": (
        ("Pass `dtype=audio.dtype` to both `np.zeros` calls.", None, "dtype=audio.dtype"),
    ),
    "level": (
        ("Demote the two path lines to `logger.debug`.", None, "logger.debug"),
        ("Downgrade these four to DEBUG.", None, "logger.debug"),
        ("Downgrade to DEBUG.", None, "logger.debug"),
        ("Since paths are private, downgrade the call to DEBUG.", None, "logger.debug"),
        ("The call should be downgraded to DEBUG.", None, "logger.debug"),
        ("The path is logged at INFO; lower the call to DEBUG level.", None, "logger.debug"),
        ("Keep the warning and demote the info line to `logger.debug`.", None, "logger.debug"),
    ),
    "change-to": (
        ("Change to `daemon=True`.", None, "daemon=True"),
        ("Change the fallback to `return audio.copy()`.", None, "return audio.copy()"),
        ("Replace with `np.concatenate(chunks, axis=0)` — they are contiguous.",
         None, "np.concatenate(chunks, axis=0)"),
        ("Change line 69 to `crest = peak(mono)`.", None, "crest = peak(mono)"),
    ),
    "verb": (
        ("Use `dtype=audio_mono.dtype` to preserve precision.", None, "dtype=audio_mono.dtype"),
        ('Raise `NotImplementedError("use x")`.', None, 'NotImplementedError("use x")'),
        ("Return `audio.copy()` on the empty branch.", None, "audio.copy()"),
        ("Pass `audio.copy()` at all four sites.", None, "audio.copy()"),
    ),
    "wrap": (("Wrap both PRAGMAs with `text()`.", None, "text()"),),
    "code": (("`chunk = audio[i:j].copy()`.", None, "chunk = audio[i:j].copy()"),),
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "sentence", "old", "new"),
    [(form, *case) for form, cases in SAID.items() for case in cases],
)
def test_form(form: str, sentence: str, old: str | None, new: str) -> None:
    reading = read_prose(sentence)
    assert [(item.form, item.old, item.new) for item in reading.edits] == [(form, old, new)]
    assert not reading.demands


def test_every_form_has_a_test() -> None:
    assert set(FORMS) == set(SAID)


ISSUE = (
    # The forms that the issue names, as it names them.
    ("Change `>` to `>=`.", ("change", ">", ">=", "")),
    ("Replace `hasattr(x, k)` with `k in FIELDS`.",
     ("change", "hasattr(x, k)", "k in FIELDS", "")),
    ("use `dtype=audio_mono.dtype`", ("verb", None, "dtype=audio_mono.dtype", "")),
    ("`np.ones` → `np.zeros`", ("arrow", "np.ones", "np.zeros", "")),
    ("Change to `daemon=True`.", ("change-to", None, "daemon=True", "")),
    ("`pitch_stability` (should be `pitch_confidence`)",
     ("should-be", "pitch_stability", "pitch_confidence", "rename")),
    ('Update to `"1.2.0-beta.3"`.', ("change-to", None, '"1.2.0-beta.3"', "")),
    ("Catch `Exception` instead of just `ImportError`.",
     ("instead", "ImportError", "Exception", "catch")),
    ("Set to `timeout=30`.", ("change-to", None, "timeout=30", "")),
    ("Pass `dtype=audio.dtype` to both `np.zeros` calls.",
     ("pass-to", None, "dtype=audio.dtype", "pass")),
    ("Pass `audio.copy()` at all four sites.", ("verb", None, "audio.copy()", "pass")),
    ("Wrap both PRAGMAs with `text()`.", ("wrap", None, "text()", "")),
    ("Change the fallback to `return audio.copy()`.",
     ("change-to", None, "return audio.copy()", "")),
    ("Use `f(a)` rather than `g(a)`.", ("instead", "g(a)", "f(a)", "")),
)  # fmt: skip


@pytest.mark.parametrize(("sentence", "requested"), ISSUE)
def test_the_forms_of_the_issue(sentence: str, requested: tuple[str, str | None, str, str]) -> None:
    found = _requested(sentence)
    assert (found.form, found.old, found.new, found.role) == requested


def test_a_lock_to_be_taken_is_another_codemods() -> None:
    assert read_prose("Acquire `_lock` in `add_callback`.").edits == ()


ADDED = (
    ("Add `a = 1` after `b = f()` in `play`.", ("after", "b = f()", ("play",))),
    ("Call `x.clear()` **before** `y.fill()`.", ("before", "y.fill()", ())),
    ("Add `x.clear()` right after the `y.fill()` call in `go`.", ("after", "y.fill()", ("go",))),
    ("Add `a = g(a)` between the cast and `sf.write`.", ("before", "sf.write", ())),
    ("`a = g(a)` before the write at line 301.", ("before", None, ())),
    ("Set `self.a = None` at the end of `stop()`.", ("end", None, ("stop()",))),
    ("Add `self.check()` at the top of `C.run()`.", ("start", None, ("C.run()",))),
    ("Add `a = a.copy()` as the first statement.", ("start", None, ())),
    ("Set `self.a = None` in the `finally:` block.", ("finally", None, ())),
    ("Add `if not a: return None` above `b = a.c`.", ("before", "b = a.c", ())),
    ("Add `d.touch(k)` right after the `if k in d:` check.", ("inside", "if k in d:", ())),
    ("Add `assert a == b` to `go` after the call to `self.run`.", ("after", "self.run", ("go",))),
    ("Add `if not a: return 0.0` (or `1.0`) at the start of `go()`.", ("start", None, ("go()",))),
    ("Cap `end = min(end, total)` before the soundfile read.", ("before", None, ())),
)


@pytest.mark.parametrize(("sentence", "said"), ADDED)
def test_where_a_statement_goes(
    sentence: str, said: tuple[str, str | None, tuple[str, ...]]
) -> None:
    found = _requested(sentence)
    assert (found.where, found.anchor, found.scopes) == said
    assert not read_prose(sentence).demands


def test_the_write_is_a_word() -> None:
    found = _requested("`a = g(a)` before the write at line 301.")
    assert found.word == "write"
    assert [(item.start, item.end) for item in found.lines] == [(301, 301)]


def test_an_import_says_where_a_name_comes_from() -> None:
    found = _requested("`from a.b import c` and `return c(x)`.")
    assert (found.form, found.new) == ("code", "return c(x)")
    found = _requested("`import math` at top of module, then `n = math.ceil(x)`.")
    assert (found.form, found.new) == ("code", "n = math.ceil(x)")
    found = _requested("Add `from collections import deque`.")
    assert (found.form, found.new) == ("import", "from collections import deque")


def test_several_keywords() -> None:
    found = _requested("Pass `a=1` and `b=2` to `f`.")
    assert (found.new, found.callee) == ("a=1, b=2", "f")
    one, two = read_prose("Pass `a=1` (line 3) and `a=2` (line 9, where it is unknown).").edits
    assert [(w.new, w.lines[0].start) for w in (one, two)] == [("a=1", 3), ("a=2", 9)]


def test_a_method_of_the_new_call() -> None:
    found = _requested("Replace `f` → `g` + `.astype(x.dtype)`.")
    assert (found.old, found.new, found.suffix) == ("f", "g", ".astype(x.dtype)")


def test_a_decorator() -> None:
    found = _requested("Add `@functools.wraps(f)` to `wrapper`.")
    assert (found.form, found.new, found.scopes) == (
        "decorate",
        "functools.wraps(f)",
        ("wrapper",),
    )
    assert _requested("Decorate `wrapper` with `@cached`.").new == "cached"


def _requested(sentence: str) -> RequestedEdit:
    (requested,) = read_prose(sentence).edits
    return requested


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("Pass `x.copy()` at all four sites.", 4),
        ("Pass `dtype=x.dtype` to both `np.zeros` calls.", 2),
        ("Change `a` to `b` at 6 call sites.", 6),
        ("Change `a` to `b`.", None),
        ("Pass `x=1` here (and at line 40 in the other branch).", 2),
        ("Change `a` to `b` everywhere.", None),
        ("Pass `timeout=30` to the `open` call.", None),
    ],
)
def test_counts(sentence: str, count: int | None) -> None:
    assert _requested(sentence).count == count


def test_every() -> None:
    assert _requested("Change `a` to `b` everywhere.").every
    assert not _requested("Change `a` to `b`.").every


def test_lines_and_scopes_of_an_alternative_are_not_its_own() -> None:
    requested = _requested(
        "Either change `f()` to `g()` on line 7, or inline `h` in `outer` on line 9."
    )
    assert [(item.start, item.end) for item in requested.lines] == [(7, 7)]
    assert requested.scopes == ()


def test_a_place_before_the_edit_is_its_scope() -> None:
    edit = _requested("In `play`, change `a.x` to `a.y`.")
    assert (edit.old, edit.new, edit.scopes) == ("a.x", "a.y", ("play",))


def test_what_is_old_is_no_scope() -> None:
    assert _requested("Use `f(a)` instead of `g(a)` in `play`.").scopes == ("play",)


def test_several_pairs() -> None:
    reading = read_prose("Change `a.x` to `a.y` and `b.x` to `b.y`.")
    assert [(item.old, item.new) for item in reading.edits] == [
        ("a.x", "a.y"),
        ("b.x", "b.y"),
    ]
    reading = read_prose("Names: `a` (should be `b`), `c` (should be `d`).")
    assert [(item.old, item.new) for item in reading.edits] == [("a", "b"), ("c", "d")]


@pytest.mark.parametrize(
    "text",
    [
        "Change `a.x` to `a.y`, then apply the window to the tail.",
        "Change `a.x` to `a.y`. Also reset the buffer when the shape changes.",
        "Change `a.x` to `a.y`. Persist the results of each album.",
        "Change both guards to `if a.x and b is not None:` (likewise for the limiter).",
        "`logger.info(text)` + `logger.debug(path)`.",
        "`return curve.copy()`, and make the others read-only.",
        "Change `a.x` to `a.y`. On failure, skip the file.",
    ],
)
def test_demands_keep_the_edit_back(text: str) -> None:
    assert read_prose(text).demands


@pytest.mark.parametrize(
    "text",
    [
        "Change `a.x` to `a.y` to match the other paths.",
        "Change `a.x` to `a.y`. This matches `load()`.",
        "Change `a.x` to `a.y` — the helper does it too.",
        "Change `a.x` to `a.y`, matching `no_op`.",
        "Change `a.x` to `a.y`. If it is ever wanted, make it a setting.",
    ],
)
def test_explanations_are_no_demands(text: str) -> None:
    reading = read_prose(text)
    assert reading.edits
    assert not reading.demands


def test_what_can_be_left_is_said() -> None:
    reading = read_prose("Change `a.x` to `a.y`. Add a regression test for silence.")
    assert reading.beside == ("Add a regression test for silence.",)
    assert not reading.demands


def test_alternatives() -> None:
    reading = read_prose("Change `LIMIT` to `0.0` (or `-0.1`). Better: read it from the settings.")
    assert reading.alternatives == ("or `-0.1`", "Better: read it from the settings.")
    assert not reading.demands


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Replace MAX_SIZE with `MIN_SIZE`.", [("MAX_SIZE", "MIN_SIZE")]),
        ("The fix is to rename A_B to C_D, and E_F to G_H.", [("A_B", "C_D"), ("E_F", "G_H")]),
        ("`a_x` → `a_y`, `b_x` → `b_y`", [("a_x", "a_y"), ("b_x", "b_y")]),
        ("Catch Exception instead of just ImportError.", [("ImportError", "Exception")]),
        ("Broaden the handler of OSError to Exception.", [("OSError", "Exception")]),
        ("Instead of `a()`, use `b()`.", [("a()", "b()")]),
        ("`b()` should be used rather than `a()`.", [("a()", "b()")]),
        ("`a_x` (which should be `a_y`)", [("a_x", "a_y")]),
        ("A_B must be replaced by C_D", [("A_B", "C_D")]),
    ],
)
def test_pairs(text: str, pairs: list[tuple[str, str]]) -> None:
    assert pairs_in(text) == tuple(Pair(old, new) for old, new in pairs)


def test_a_pair_of_the_code_as_it_is() -> None:
    assert pairs_in("It uses A_B instead of C_D.") == (Pair("A_B", "C_D", described=True),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Replace both with one.",
        "Replace `a` when it is old.",
        "Use a lock instead of `a`.",
        "`a` could be `b`.",
        "Change `a`. Then `b` is better.",
        "Replace `a`; go to `b`.",
        "Do not replace `a` with `b`.",
        "You don't need to rename A_B to C_D.",
        "Never use A_B instead of C_D.",
        "`a` should not be `b`.",
    ],
)
def test_no_pairs(text: str) -> None:
    assert pairs_in(text) == ()
