"""The screen of `autofix review`, by textual's pilot."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from codemods.cli.deciding import How, Row
from codemods.cli.review import writing
from codemods.cli.review.screen import ReviewApp
from codemods.cli.review.state import Reviewing
from codemods.delivery.repository import RepositoryError
from tests.cli.conftest import git
from tests.review.conftest import short

pytestmark = pytest.mark.slow

Act = Callable[[ReviewApp, "Pilot[None]"], Awaitable[None]]


def on_screen(
    reviewing: Reviewing, act: Act, size: tuple[int, int] = (140, 40), **options: bool
) -> ReviewApp:
    """Run the screen, and do something with it."""
    app = ReviewApp(reviewing, **options)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await act(app, pilot)

    asyncio.run(run())
    return app


def shown(app: ReviewApp, selector: str = "#finding") -> str:
    return str(app.screen_stack[0].query_one(selector, Static).render())


def current(app: ReviewApp) -> str:
    assert app.number is not None
    return short(app.reviewing.items[app.number])


def decided(app: ReviewApp) -> dict[str, str]:
    return {
        short(item): choice.verdict.value
        for item in app.reviewing.items
        if (choice := app.reviewing.choice(item)) is not None
    }


def branches(reviewing: Reviewing) -> list[str]:
    return git(reviewing.session.root, "branch", "--list", "autofix/*").split()


def test_what_has_no_fix_is_not_decided(reviewing: Reviewing) -> None:
    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("j", "j", "j", "j", "a", "s", "1", "e")
        assert (current(app), decided(app)) == ("B-03", {})
        assert "PRINTER_LOCK is held here" in shown(app)
        assert "The code now" in shown(app)

    on_screen(reviewing, act)


def test_keys(reviewing: Reviewing) -> None:
    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("j", "j", "k")
        assert current(app) == "B-02"
        await pilot.press("a")
        assert (current(app), decided(app)) == ("B-04", {"B-02": "accept"})
        await pilot.press("s")
        assert (current(app), decided(app)) == ("B-05", {"B-02": "accept", "B-04": "skip"})
        await pilot.press("n")
        assert current(app) == "B-01"
        await pilot.press("2")
        assert "2 [ ] target.write_bytes()" in shown(app)
        await pilot.press("u", "u")
        assert (current(app), decided(app)) == ("B-04", {"B-02": "accept"})
        assert "1 accepted · 0 skipped · 3 to decide" in shown(app, "#state")
        await pilot.press("u", "u", "u")
        assert decided(app) == {}

    on_screen(reviewing, act)


def test_mouse(reviewing: Reviewing) -> None:
    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.click("#list", offset=(5, 5))
        assert current(app) == "B-02"

    on_screen(reviewing, act)


def test_filter(reviewing: Reviewing) -> None:
    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"not-found")
        listed = app.query_one(OptionList)
        assert (listed.option_count, current(app)) == (1, "B-07")
        await pilot.press("enter", "a")
        assert decided(app) == {}
        await pilot.press("slash", *" zzz")
        assert (listed.option_count, app.number) == (0, None)
        await pilot.press("enter", "a", "s", "e", "u", "j", "n")
        assert "nothing matches the filter" in shown(app)
        await pilot.press("escape")
        assert (listed.option_count, app.query_one(Input).value) == (8, "")

    on_screen(reviewing, act)


def test_quitting_keeps_decisions_and_asks_about_what_is_not_written(reviewing: Reviewing) -> None:
    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("a", "q")
        assert len(app.screen_stack) == 2
        await pilot.press("escape")
        assert app.is_running and len(app.screen_stack) == 1
        await pilot.press("q", "n")

    app = on_screen(reviewing, act)
    assert (app.rows, branches(reviewing)) == ([], [])

    async def later(app: ReviewApp, pilot: Pilot[None]) -> None:
        assert decided(app) == {"B-01": "accept"}
        await pilot.press("q", "y")

    app = on_screen(Reviewing(reviewing.session, reviewing.review), later)
    assert len(branches(reviewing)) == 1 and app.rows[0].done


def test_writing(reviewing: Reviewing) -> None:
    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("a", "s", "w")
        assert len(app.screen_stack) == 2
        await pilot.press("escape", "q")

    app = on_screen(reviewing, act)
    assert len(branches(reviewing)) == 1
    assert [row.outcome for row in app.rows] == ["fixed", "skipped"]


def test_at_once(reviewing: Reviewing) -> None:
    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("a")
        assert len(branches(reviewing)) == 1
        await pilot.press("q")

    on_screen(reviewing, act, at_once=True)


def test_a_dry_run_writes_nothing(reviewing: Reviewing) -> None:
    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("a", "w", "q")

    app = on_screen(reviewing, act, dry_run=True)
    assert (branches(reviewing), app.rows, len(reviewing.decisions())) == ([], [], 1)


def test_what_cannot_be_written_at_all_is_told(
    reviewing: Reviewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen goes on, and the decisions are kept."""

    def failing(*_arguments: object) -> list[Row]:
        raise RepositoryError("git does not know who commits")

    monkeypatch.setattr(writing, "write", failing)

    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("a", "w")
        assert len(app.screen_stack) == 2
        told = str(app.screen.query_one(Static).render())
        assert "Nothing is written" in told and "who commits" in told
        await pilot.press("escape", "q", "y", "escape", "q", "n")

    app = on_screen(reviewing, act)
    assert (app.rows, len(reviewing.decisions())) == ([], 1)


def test_the_terminal_is_handed_over_for_a_push(
    reviewing: Reviewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = []

    def suspended(_app: ReviewApp) -> contextlib.AbstractContextManager[None]:
        handed.append(branches(reviewing))
        return contextlib.nullcontext()

    monkeypatch.setattr(ReviewApp, "suspend", suspended)
    review = dataclasses.replace(reviewing.review, how=How(push=True))

    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("a", "w", "escape", "q")

    app = on_screen(Reviewing(reviewing.session, review), act)
    assert handed == [[]] and app.rows[0].done
    assert "pushed" in app.rows[0].reason


def test_stale_decisions_are_told(reviewing: Reviewing) -> None:
    reviewing.accept(0)
    text = reviewing.path.read_text()
    reviewing.path.write_text(text.replace('"patch": "', '"patch": "0000'))

    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        told = " ".join(notification.message for notification in app._notifications)
        assert "has a different patch now" in told

    on_screen(Reviewing(reviewing.session, reviewing.review), act)


def test_editing(
    reviewing: Reviewing, editor: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReviewApp, "suspend", lambda _self: contextlib.nullcontext())
    editor("asyncio.to_thread(target.write_bytes", "asyncio.to_thread( target.write_bytes")

    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("e", "2")
        assert "Edited Change" in shown(app)
        assert "(edited)" in shown(app)
        await pilot.press("e", "1")
        told = " ".join(notification.message for notification in app._notifications)
        assert "nothing was edited" in told
        await pilot.press("u")
        assert "(edited)" not in shown(app)

    on_screen(reviewing, act)


def _side_by_side(app: ReviewApp) -> bool:
    """Whether a bar stands between two sides; quoted code has one at its margin."""
    return any("│" in line.lstrip()[1:] for line in shown(app).split("\n"))


@pytest.mark.parametrize(
    ("size", "classes", "two"),
    [
        ((200, 50), {"wide"}, True),
        ((120, 40), set(), True),
        ((119, 40), set(), False),
        ((79, 24), {"narrow"}, False),
        ((40, 12), {"narrow"}, False),
    ],
)
def test_sizes(reviewing: Reviewing, size: tuple[int, int], classes: set[str], two: bool) -> None:
    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        assert set(app.query_one("#main").classes) == classes
        assert _side_by_side(app) == two
        await pilot.press("v")
        assert _side_by_side(app) != two
        width = app.query_one("#finding").size.width
        assert max(map(len, shown(app).split("\n"))) <= width

    on_screen(reviewing, act, size)


def test_resizing_lays_out_anew(reviewing: Reviewing) -> None:
    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.resize_terminal(70, 30)
        await pilot.pause()
        assert app.query_one("#main").has_class("narrow") and not _side_by_side(app)

    on_screen(reviewing, act)


def test_no_colour(reviewing: Reviewing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs and words say all that colours do."""
    monkeypatch.setenv("NO_COLOR", "1")

    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("a", "k")
        image = app.export_screenshot()
        colours = {part[:7] for part in image.split("fill: ")[1:] if part.startswith("#")}
        # The buttons of the window that the picture draws around the screen.
        colours -= {"#ff5f57", "#febc2e", "#28c840", "#c5c8c6"}
        assert [c for c in colours if len({c[1:3], c[3:5], c[5:7]}) > 1] == []
        assert "✓ accepted" in shown(app)
        assert " - " in shown(app) and " + " in shown(app)

    on_screen(reviewing, act)


def test_help(reviewing: Reviewing) -> None:
    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        assert len(app.screen_stack) == 2
        await pilot.press("question_mark", "question_mark", "escape")
        assert len(app.screen_stack) == 1

    on_screen(reviewing, act)


def test_500_findings(reviewing: Reviewing) -> None:
    """The same findings many times over: a key does as much as among eight."""
    items = [
        dataclasses.replace(item, name=f"{item.name}-{number}", candidate=None)
        for number in range(63)
        for item in reviewing.review.items
    ][:500]
    many = Reviewing(reviewing.session, dataclasses.replace(reviewing.review, items=tuple(items)))

    async def act(app: ReviewApp, pilot: Pilot[None]) -> None:
        await pilot.press(*"j" * 30)
        assert app.query_one(OptionList).highlighted == 30
        await pilot.press("end")
        assert app.query_one(OptionList).highlighted == 499

    on_screen(many, act)
