"""``autofix review``: the findings and their diffs on a screen, with keys as people know them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from codemods.delivery.review.decisions import Decision, Verdict
from codemods.engine.patching.edited import EditError
from codemods.output.styled import styled

from ..deciding import Item, Row
from ..drawing import SCREEN, SIDE_BY_SIDE
from ..exit import UserError
from .detail import detail, listed
from .dialogs import Ask, Keys, Told, row_lines
from .editing import edit, in_terminal
from .layout import CSS, NARROW
from .state import Reviewing
from .writing import write_from_screen


class ReviewApp(App[None]):
    """The screen.

    Args:
        reviewing: the review.
        at_once: write each fix when it is accepted.
        dry_run: write nothing but the decisions.
    """

    TITLE = "autofix review"
    ENABLE_COMMAND_PALETTE = False
    CSS = CSS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "step(1)", "next", show=False),
        Binding("k", "step(-1)", "previous", show=False),
        Binding("a", "accept", "accept"),
        Binding("s", "skip", "skip"),
        Binding("u", "undo", "undo"),
        Binding("e", "edit", "edit"),
        Binding("n", "next_open", "next"),
        Binding("w", "write", "write"),
        Binding("slash", "filter", "filter", key_display="/"),
        Binding("v", "columns", "columns", show=False),
        Binding("space,pagedown", "page(1)", "page down", show=False),
        Binding("b,pageup", "page(-1)", "page up", show=False),
        Binding("question_mark", "keys", "help", key_display="?"),
        Binding("q", "leave", "quit"),
        *(Binding(str(n), f"turn({n - 1})", f"Change {n}", show=False) for n in range(1, 10)),
    ]

    def __init__(
        self, reviewing: Reviewing, *, at_once: bool = False, dry_run: bool = False
    ) -> None:
        super().__init__()
        self.reviewing = reviewing
        self.rows: list[Row] = []
        """What became of what was written."""
        self._at_once = at_once
        self._dry_run = dry_run
        self._shown: list[int] = []
        self._two: bool | None = None
        self._words = ""

    def compose(self) -> ComposeResult:
        """The filter, the list beside the finding, the state and the keys."""
        yield Input(placeholder="filter: words, severities, codemods, outcomes", id="filter")
        with Horizontal(id="main"):
            yield OptionList(id="list", markup=False)
            with VerticalScroll(id="detail"):
                yield Static(id="finding", markup=False)
        yield Static(id="state", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Show what there is, and what was decided before."""
        self._list.focus()
        self._fill()
        for line in self.reviewing.told:
            self.notify(line, severity="warning", markup=False)

    @property
    def _list(self) -> OptionList:
        return self.query_one("#list", OptionList)

    @property
    def number(self) -> int | None:
        """Which finding is shown, among all of the review."""
        at = self._list.highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    def _fill(self, wanted: int | None = None) -> None:
        """The list anew, with ``wanted`` shown if it is in it."""
        items = self.reviewing.items
        words = self._words.lower().split()
        self._shown = [
            number for number, item in enumerate(items) if not words or self._fits(item, words)
        ]
        self._list.clear_options()
        self._list.add_options([Option(self._line(number)) for number in self._shown])
        if self._shown:
            self._list.highlighted = self._shown.index(wanted) if wanted in self._shown else 0
        self._draw()

    def _fits(self, item: Item, words: Sequence[str]) -> bool:
        entry = self.reviewing.entry(item)
        text = f"{entry.text}\n{entry.severity}\n{entry.safety}".lower()
        return all(word in text for word in words)

    def _line(self, number: int) -> Text:
        item = self.reviewing.items[number]
        entry, choice = self.reviewing.entry(item), self.reviewing.choice(item)
        width = max(20, self._list.size.width - 1)
        return listed(entry, choice, width, SCREEN, open_=item.candidate is not None)

    def _draw(self) -> None:
        """The finding, and how far everything is."""
        number = self.number
        width = max(20, self.query_one("#detail").size.width - 3)
        if number is None:
            text = Text(
                "nothing matches the filter" if self._words else "the reports contain no findings"
            )
        else:
            item = self.reviewing.items[number]
            lines = detail(
                self.reviewing.entry(item),
                self.reviewing.choice(item),
                self.reviewing.edited(item),
                width,
                SCREEN,
                two=self._is_two,
            )
            text = Text("\n", no_wrap=True).join(lines)
        self.query_one("#finding", Static).update(text)
        self._tell()

    @property
    def _is_two(self) -> bool:
        return self.size.width >= SIDE_BY_SIDE if self._two is None else self._two

    def _tell(self) -> None:
        shown, total = len(self._shown), len(self.reviewing.items)
        head = f"{total} findings" if shown == total else f"{shown} of {total} findings"
        where = "the work tree" if self.reviewing.review.how.in_place else "branches"
        more = "decisions only" if self._dry_run else f"writes {where}"
        self.query_one("#state", Static).update(f"{head} · {self.reviewing.counts()} · {more}")

    def _refresh(self, number: int) -> None:
        """One finding after a decision."""
        if number in self._shown:
            at = self._shown.index(number)
            self._list.replace_option_prompt_at_index(at, self._line(number))
        self._draw()

    # What happens.

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self.query_one("#detail").scroll_home(animate=False)
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out anew: where the list stands, and how wide a line is."""
        main = self.query_one("#main")
        main.set_class(event.size.width < NARROW, "narrow")
        main.set_class(event.size.width >= 2 * NARROW, "wide")
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        """Lines anew, for another width."""
        for at, number in enumerate(self._shown):
            self._list.replace_option_prompt_at_index(at, self._line(number))
        self._draw()

    def action_step(self, by: int) -> None:
        """The next finding, or the one before."""
        at = self._list.highlighted or 0
        if 0 <= at + by < len(self._shown):
            self._list.highlighted = at + by

    def action_page(self, by: int) -> None:
        """Scroll what is shown."""
        box = self.query_one("#detail")
        box.scroll_relative(y=by * max(1, box.size.height - 2), animate=False)

    def action_next_open(self) -> None:
        """The next finding that is to be decided, from the top again at the end."""
        at = self._list.highlighted or 0
        total = len(self._shown)
        order = [*range(at + 1, total), *range(min(at + 1, total))]
        found = next((n for n in order if self.reviewing.is_open(self._shown[n])), None)
        if found is None:
            self._tell_all_decided()
        elif found != at:
            self._list.highlighted = found

    def _decidable(self) -> int | None:
        number = self.number
        if number is not None and self.reviewing.items[number].candidate is None:
            reason = self.reviewing.entry(self.reviewing.items[number]).reason
            self.notify(f"there is no fix: {reason}", severity="warning", markup=False)
            return None
        return number

    def action_accept(self) -> None:
        """Accept the fix, and go on."""
        number = self._decidable()
        if number is not None:
            self.reviewing.accept(number)
            self._written(number)
            self._refresh(number)
            self._go_on()

    def action_skip(self) -> None:
        """Skip the fix, and go on."""
        number = self._decidable()
        if number is not None:
            self.reviewing.skip(number)
            self._refresh(number)
            self._go_on()

    def _go_on(self) -> None:
        at = self._list.highlighted or 0
        rest = range(at + 1, len(self._shown))
        found = next((n for n in rest if self.reviewing.is_open(self._shown[n])), None)
        if found is not None:
            self._list.highlighted = found
        elif not any(map(self.reviewing.is_open, range(len(self.reviewing.items)))):
            self._tell_all_decided()

    def _tell_all_decided(self) -> None:
        self.notify("everything is decided: w writes what was accepted", markup=False)

    def _written(self, number: int) -> None:
        """With ``--at-once``, write the fix that was just accepted."""
        if not self._at_once:
            return
        name = self.reviewing.items[number].name
        rows = self._write([one for one in self.reviewing.decisions() if one.finding == name])
        self.rows += rows or []
        for row in rows or ():
            level = "information" if row.done else "error"
            self.notify(f"{row.outcome}: {row.reason}", severity=level, markup=False)  # type: ignore[arg-type]

    def action_turn(self, change: int) -> None:
        """Leave one Change out, or take it again."""
        number = self._decidable()
        if number is None:
            return
        candidate = self.reviewing.items[number].candidate
        if candidate is not None and change < len(candidate.sites) > 1:
            self.reviewing.turn(number, change)
            self._refresh(number)

    def action_undo(self) -> None:
        """Take the last decision back; a branch that is written stays."""
        number = self.reviewing.undo()
        if number is None:
            self.notify("nothing to undo", markup=False)
            return
        self._refresh(number)
        if number in self._shown:
            self._list.highlighted = self._shown.index(number)

    def action_edit(self) -> None:
        """Edit a Change; of several, the one that is chosen by its number."""
        number = self._decidable()
        if number is None:
            return
        candidate = self.reviewing.items[number].candidate
        assert candidate is not None
        if len(candidate.sites) == 1:
            self._edit(number, 0)
            return

        def chosen(key: str | None) -> None:
            if key is not None and key.isdecimal() and 0 < int(key) <= len(candidate.sites):
                self._edit(number, int(key) - 1)

        keys = {str(n): change.what for n, change in enumerate(candidate.patch.changes[:9], 1)}
        self.push_screen(Ask("Which Change?", keys), chosen)

    def _edit(self, number: int, change: int) -> None:
        candidate = self.reviewing.items[number].candidate
        assert candidate is not None
        try:
            with self.suspend():
                diff = edit(self.reviewing, candidate, change, in_terminal)
        except EditError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.reviewing.edit(number, change, diff)
            self._refresh(number)
        self.refresh(layout=True)

    def action_filter(self) -> None:
        """Show only what holds some words."""
        box = self.query_one("#filter", Input)
        box.add_class("shown")
        box.focus()

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        wanted = self.number
        self._words = event.value
        self._fill(wanted)

    @on(Input.Submitted, "#filter")
    def _filter_left(self) -> None:
        box = self.query_one("#filter", Input)
        box.set_class(bool(self._words), "shown")
        self._list.focus()

    def on_key(self, event: events.Key) -> None:
        """Escape leaves the filter, and a second one ends it."""
        if event.key != "escape":
            return
        box = self.query_one("#filter", Input)
        if box.has_focus and self._words:
            self._list.focus()
        else:
            box.value = ""
            box.remove_class("shown")
            self._list.focus()

    def action_columns(self) -> None:
        """One column or two."""
        self._two = not self._is_two
        self._draw()

    def action_keys(self) -> None:
        """What the keys do."""
        self.push_screen(Keys())

    def action_write(self) -> None:
        """Write what was accepted, and show what became of it."""
        if self._dry_run:
            self.notify("--dry-run writes nothing; the decisions are kept", markup=False)
            return
        if self._write_all():
            self.push_screen(Told("Written", row_lines(self.rows)))

    def _write(self, decisions: Sequence[Decision]) -> list[Row] | None:
        """``None``: nothing can be written at all, and why was told."""
        try:
            rows = write_from_screen(self.reviewing, decisions, self.suspend)
        except UserError as error:
            self.push_screen(Told("Nothing is written", [styled(str(error))]))
            return None
        self.refresh(layout=True)
        return rows

    def _write_all(self) -> bool:
        rows = self._write(self.reviewing.decisions())
        self.rows = self.rows if rows is None else rows
        return rows is not None

    def action_leave(self) -> None:
        """Quit; what was accepted and is not written is asked about."""
        written = {row.decision for row in self.rows}
        open_ = [
            item
            for item in self.reviewing.decisions()
            if item.decision is Verdict.ACCEPT and item not in written
        ]
        if self._dry_run or not open_:
            self.exit()
            return

        def answered(key: str | None) -> None:
            if key == "n" or (key == "y" and self._write_all()):
                self.exit()

        keys = {"y": "write and quit", "n": "quit and keep the decisions", "esc": "go on"}
        self.push_screen(Ask(f"{len(open_)} accepted but not written yet", keys), answered)


def run_screen(reviewing: Reviewing, *, at_once: bool, dry_run: bool) -> list[Row]:
    """Show the screen until somebody quits; what was written."""
    app = ReviewApp(reviewing, at_once=at_once, dry_run=dry_run)
    app.run()
    return app.rows
