"""Which branch a finding has, for people who look for it by the finding's name."""

from __future__ import annotations

from codemods.delivery.branch_names import PREFIX, selector
from codemods.delivery.repository import Repository
from codemods.delivery.survey import FindingBranch, Survey
from codemods.engine.keys import patch_key
from codemods.engine.outcomes import Resolution


class KnownBranches:
    """The branches below a prefix, local ones and those that the remote had when it was last
    fetched, each read once.

    Args:
        base: the commit that is read.

    Raises:
        GitError: when the repository cannot be read.
    """

    def __init__(self, repository: Repository, base: str | None, prefix: str = PREFIX) -> None:
        self._by_key: dict[str, FindingBranch] = {}
        self._by_name: dict[str, FindingBranch] = {}
        for item in Survey(repository, prefix, base).branches:
            if item.trailers.key:
                self._by_key.setdefault(item.trailers.key, item)
            for name in item.trailers.findings:
                self._by_name.setdefault(name, item)

    def of(self, resolution: Resolution, *, repeated: bool = False) -> str | None:
        """The name of the branch of a finding: by the key of its fix, else by its own name."""
        patch, found = resolution.patch, None
        if patch is not None and resolution.codemod:
            found = self._by_key.get(patch_key(resolution.codemod, patch))
        name = selector(resolution.finding, repeated=repeated)
        found = found or self._by_name.get(name)
        return found.branch if found else None
