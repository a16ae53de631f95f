"""What people want to know of a scan beside its result, on stderr."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from codemods.codemod import Safety
from codemods.engine.scanning.silencing import silenced
from codemods.engine.scanning.sites import Scanned
from codemods.engine.scanning.unused import unused_suppressions
from codemods.output.words import HINTS, counted

from ..context import Session


def tell(session: Session, scanned: Scanned, *, writing: bool) -> None:
    """What was not read or not fixed, which suppressions are in vain, and the counts."""
    note, shown = session.note, scanned.request.shown
    tell_unread(session, scanned)
    for item in scanned.failed:
        session.warn(f"{shown(item.path)}: not fixed: {item.reason}")
    for path, number, text in unused_suppressions(scanned):
        note(f"{shown(path)}:{number}: {text}", "yellow")
    for silent in silenced(scanned.request, scanned.selection):
        note(str(silent), "yellow")
    for text in _summary(scanned, writing=writing):
        note(text)
    weaker = len(scanned.sites) - len(scanned.counting())
    if weaker:
        verb = "does" if weaker == 1 else "do"
        weakest = scanned.request.weakest
        note(f"{counted(weaker, 'site')} {verb} not count for the exit status: fail-on {weakest}")


def tell_unread(session: Session, scanned: Scanned) -> None:
    """What happened to worker processes, and what could not be read: errors, also for ``-q``."""
    shown = scanned.request.shown
    for text in scanned.deaths:
        session.warn(text)
    for item in scanned.unread:
        line = f":{item.line}" if item.line else ""
        unread = "" if item.codemod else "not read: "
        session.warn(f"{shown(item.path)}{line}: {unread}{item.reason}")
    for text in scanned.selection.rules:
        session.warn(text)
    for left in scanned.selection.left_out:
        if left.reason.is_fault:
            session.warn(f"{shown(left.path)}: not read: {left.reason}")


def tell_statistics(
    session: Session, scanned: Scanned, stages: Mapping[str, float], *, fixes: bool
) -> None:
    """Sites and seconds by codemod, then the seconds of each stage."""
    from codemods.output.styled import styled

    from ..tables import print_table

    times = [*sorted(scanned.seconds.items()), *stages.items()]
    rows = [[styled(cell) for cell in row] for row in _statistics(scanned, times)]
    head = ("", "left" if fixes else "sites", "fixed", "seconds")
    print_table(session.say, head, rows, ())
    if scanned.processes > 1:
        together = f"summed over {scanned.processes} processes"
        session.note(f"seconds of a codemod are {together}; seconds of a stage are elapsed time")


def _summary(scanned: Scanned, *, writing: bool) -> Iterator[str]:
    """What a person wants to know at the end, a line each."""
    many = len(scanned.sites)
    where = len({site.change.site.path for site in scanned.sites})
    files = counted(scanned.files, "file")
    if scanned.patches:
        done = _by_codemod(item.codemod for item in scanned.fixed)
        verb = "fixed" if writing else "would fix"
        total = counted(len(scanned.fixed), "site")
        yield f"{verb} {total} in {counted(len(scanned.patches), 'file')}: {done}"
    if many:
        rest = "left: " if scanned.patches else ""
        safeties = Counter(site.change.safety for site in scanned.sites)
        kinds = ", ".join(f"{safeties[item]} {item}" for item in Safety if safeties[item])
        yield f"{rest}{counted(many, 'site')} in {counted(where, 'file')} ({kinds}); {files} read"
    else:
        none = "nothing found in what was read" if scanned.unreadable else "nothing to fix"
        yield f"{'nothing more to fix' if scanned.patches else none}; {files} read"
    if scanned.known:
        yield f"{counted(scanned.known, 'known site')} left out by the baseline"
    if scanned.gone:
        gone = counted(sum(item.count for item in scanned.gone), "site")
        yield f"{gone} of the baseline no longer found: run `autofix baseline` to drop them"
    if scanned.elsewhere:
        yield f"{counted(scanned.elsewhere, 'site')} on lines that did not change"
    counts = scanned.selection.counts
    if counts:
        reasons = ", ".join(f"{number} {reason}" for reason, number in counts.items())
        yield f"left out: {reasons}"
    if not writing and not scanned.patches:
        safeties = Counter(site.change.safety for site in scanned.sites if site.fixable)
        for safety in (Safety.SAFE, Safety.REVIEW):
            if safeties[safety]:
                yield f"{safeties[safety]} {HINTS[safety]}"


def _statistics(scanned: Scanned, stages: Sequence[tuple[str, float]]) -> Iterator[Sequence[str]]:
    """Rows of codemod, sites, fixed and seconds; then of the stages."""
    found = Counter(site.codemod for site in scanned.sites)
    fixed = Counter(item.codemod for item in scanned.fixed)
    for name, seconds in stages:
        sites = str(found[name]) if name in found else ""
        done = str(fixed[name]) if name in fixed else ""
        yield (name, sites, done, f"{seconds:.3f}")


def _by_codemod(names: Iterable[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in Counter(names).most_common())
