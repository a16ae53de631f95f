"""From how findings ended to what the bot decides about."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from codemods.delivery.bot.subjects import Member, Subject, finding_key, subjects
from codemods.delivery.branch_names import selector
from codemods.engine.keys import patch_key
from codemods.engine.outcomes import Resolution
from codemods.findings.model import Finding


def collected(
    resolutions: Iterable[Resolution], repeated: Callable[[Finding], bool]
) -> tuple[Subject, ...]:
    """The defects that findings name, each once.

    Args:
        repeated: whether a finding's report has its id more than once.
    """
    return subjects(_keyed(item, repeated=repeated(item.finding)) for item in resolutions)


def _keyed(resolution: Resolution, *, repeated: bool) -> tuple[str, Member]:
    name = selector(resolution.finding, repeated=repeated)
    member = Member(name, resolution, repeated)
    patch = member.patch
    if patch is not None and patch.changes and resolution.codemod is not None:
        return patch_key(resolution.codemod, patch), member
    return finding_key(resolution, name), member
