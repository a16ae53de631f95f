"""What stands above the screen of a review for a moment: a question, the keys, what was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from codemods.output.styled import styled

from ..deciding import Row
from ..rendering import outcome_text

KEYS = (
    ("j k ↓ ↑", "next or previous finding"),
    ("space b", "page down, page up"),
    ("a", "accept the fix"),
    ("s", "skip it"),
    ("1 … 9", "leave one of several Changes out, or put it back"),
    ("e", "edit a Change in $EDITOR"),
    ("u", "undo the last decision"),
    ("n", "next undecided finding"),
    ("w", "write what was accepted"),
    ("/", "filter; Esc leaves it"),
    ("v", "switch between one and two columns"),
    ("q", "quit and keep the decisions"),
)
_CSS = """
    align: center middle;
    & > VerticalScroll {
        width: auto; max-width: 90%; height: auto; max-height: 80%; padding: 1 2;
        background: $panel; border: round $accent;
    }
    & Static { width: auto; max-width: 100%; }
"""


class Told(ModalScreen[None]):
    """Lines that any key takes away."""

    CSS = f"Told {{ {_CSS} }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,space", "app.pop_screen", "close")
    ]

    def __init__(self, title: str, lines: Sequence[Text]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The lines."""
        head = [Text(self._title, style="bold"), Text()]
        tail = [Text(), Text("Esc closes", style="dim")]
        with VerticalScroll():
            yield Static(Text("\n").join([*head, *self._lines, *tail]), markup=False)


class Keys(Told):
    """What the keys do."""

    CSS = f"Keys {{ {_CSS} }}"

    def __init__(self) -> None:
        lines = [Text.assemble((f"{key:<9}", "bold"), text) for key, text in KEYS]
        super().__init__("Keys", lines)

    def on_key(self, event: events.Key) -> None:
        """The key that opened it closes it."""
        if event.key == "question_mark":
            event.stop()
            self.app.pop_screen()


class Ask(ModalScreen[str | None]):
    """A question with a key for each answer."""

    CSS = f"Ask {{ {_CSS} }}"

    def __init__(self, question: str, keys: Mapping[str, str]) -> None:
        super().__init__()
        self._question = question
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The question and its keys."""
        lines = [Text(self._question, style="bold"), Text()]
        lines += [Text.assemble((f"{key:<5}", "bold"), text) for key, text in self._keys.items()]
        with VerticalScroll():
            yield Static(Text("\n").join(lines), markup=False)

    def on_key(self, event: events.Key) -> None:
        """An answer, or none."""
        event.stop()
        if event.key == "escape":
            self.dismiss(None)
        elif event.character in self._keys:
            self.dismiss(event.character)


def row_lines(rows: Sequence[Row]) -> list[Text]:
    """What became of each decision."""
    return [
        Text.assemble(
            styled(row.decision.finding, "bold"),
            "  ",
            outcome_text(row.outcome, written=True),
            styled(f"  {row.reason}"),
        )
        for row in rows
    ] or [Text("nothing was accepted")]
