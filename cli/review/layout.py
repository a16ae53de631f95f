"""How the screen of a review is laid out."""

from __future__ import annotations

NARROW = 80
"""Columns below which the list stands above the finding."""
CSS = """
#filter { display: none; border: none; height: 1; padding: 0 1; background: $boost; }
#filter.shown { display: block; }
#main { height: 1fr; }
#list { width: 38; border: none; padding: 0; scrollbar-size-vertical: 1; }
#list > .option-list--option-highlighted {
    background: #1d3a5c; color: #ffffff; text-style: none;
}
#detail { padding: 0 1; border-left: solid $primary; }
#detail:focus { border-left: thick $accent; }
#state { height: 1; padding: 0 1; background: $panel; }
#main.narrow { layout: vertical; }
#main.narrow #list { width: 100%; height: 30%; min-height: 4; }
#main.narrow #detail { border-left: none; border-top: solid $primary; height: 1fr; }
#main.wide #list { width: 52; }
"""
