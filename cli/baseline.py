"""``autofix baseline``: what stands there now, so that a scan counts only what is new."""

from __future__ import annotations

import dataclasses

from .context import Session
from .exit import DONE, NOT_FIXED
from .options import Common, with_common
from .scan.options import BaselineOptions


@with_common
def baseline(common: Common, asked: BaselineOptions) -> int:
    """Record the current sites in a baseline, so that later scans report only new ones.

    An entry stays valid when lines move, and ends when its own line is edited. With PATHS, the
    entries of other files stay.
    """
    session = Session(common)
    from codemods.engine.scanning.baseline import baseline_text, read_baseline
    from codemods.engine.scanning.run import baseline_of, run_scan
    from codemods.output.words import counted

    from .files import read_below, write_below, write_file
    from .progress import Stages
    from .scan.notes import tell_unread
    from .scan.where import Where

    where = Where(session, asked.paths, asked.output_file)
    request = dataclasses.replace(where.request(asked), jobs=asked.jobs)
    path, name, _ = where.baseline_file(asked.output_file)
    before = read_below(where.top, name) if asked.output_file is None else None
    with Stages(session.say) as progress:
        scanned = run_scan(request, where.begins, progress)
    old = read_baseline(path, name) if request.partial and path.exists() else ()
    known = baseline_of(scanned, old)
    text = baseline_text(known).encode("utf-8", "backslashreplace")
    if asked.output_file is not None:
        write_file(path, text, where.top)
    else:
        write_below(where.top, name, before, text)
    session.note(f"{name}: {counted(sum(item.count for item in known), 'known site')}")
    tell_unread(session, scanned)
    return DONE if scanned.complete else NOT_FIXED
