"""What settings below the top keep a scan from finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from codemods.engine.scanning.request import ScanRequest
from codemods.project.scanned_files import Reason, Selection


def silenced(request: ScanRequest, selection: Selection) -> Iterator[str]:
    """What the settings of folders keep from being found that the top's do not, a line a file:
    whoever reviews a change has to see that it ends a check.
    """
    if request.folders is None:
        return
    facts = request.facts()
    every = request.names(request.settings, facts)
    files = Counter(request.settings_of(path).folder for path in selection.paths)
    excluded = Counter(
        request.settings_of(item.path.rstrip("/")).folder
        for item in selection.left_out
        if item.reason is Reason.EXCLUDED
    )
    for settings in request.folders.used[1:]:
        if not files[settings.folder] and not excluded[settings.folder]:
            continue
        here = request.names(settings, facts)
        missing = {name for name in every if name not in here}
        for item in settings.per_path:
            missing |= {name for name in here if name in item.ignore}
            missing |= {name for name in here if item.select and name not in item.select}
        said = []
        if missing:
            said.append(f"not run: {', '.join(sorted(missing))}")
        if excluded[settings.folder]:
            said.append(f"excluded: {excluded[settings.folder]}")
        if said:
            yield f"{settings.origin} counts below {settings.folder}/; {'; '.join(said)}"
