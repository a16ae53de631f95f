"""``autofix review --html``."""

from __future__ import annotations

from pathlib import Path

from codemods.output.html.page import About, page
from codemods.output.words import counted

from ..context import Session
from ..exit import DONE
from ..files import check_target, write_file
from .reading import Review, entry_of


def write_page(session: Session, found: Review, target: Path) -> int:
    """Write the page of a review."""
    path = Path.cwd() / target
    check_target(path, target, session.top)
    title = "Review of " + (", ".join(name.rpartition("/")[2] for name in found.names) or "nothing")
    about = About(title, found.names, found.state.commit, decidable=True)
    entries = [entry_of(item, found) for item in found.items]
    write_file(path, page(entries, about), session.top)
    fixes = sum(item.candidate is not None for item in found.items)
    session.note(
        f"{target}: {counted(len(entries), 'finding')}, {fixes} to decide; then run `autofix "
        "apply --decisions FILE` on the file that the page saves"
    )
    return DONE
