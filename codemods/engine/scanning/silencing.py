"""What settings below the top keep a scan from finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.engine.scanning.request import ScanRequest
from codemods.project.scanned_files import Reason, Selection


@dataclass(frozen=True, slots=True)
class Silenced:
    """What one file with settings keeps from being found."""

    settings: str
    folder: str
    codemods: tuple[str, ...]
    """Those that do not look everywhere below the folder."""
    excluded: int
    """How many files and folders are left out."""

    def __str__(self) -> str:
        said = [f"not run: {', '.join(self.codemods)}"] if self.codemods else []
        said += [f"excluded: {self.excluded}"] if self.excluded else []
        return f"{self.settings} counts below {self.folder}/; {'; '.join(said)}"


def silenced(request: ScanRequest, selection: Selection) -> Iterator[Silenced]:
    """What the settings of folders keep from being found that the top's do not: whoever reviews a
    change has to see that it ends a check."""
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
        left_out = excluded[settings.folder]
        if (missing or left_out) and settings.origin is not None:
            yield Silenced(settings.origin, settings.folder, tuple(sorted(missing)), left_out)
