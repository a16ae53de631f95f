"""How somebody else can install the autofix that runs here."""

from __future__ import annotations

import json
from importlib.metadata import Distribution, distribution

NAME = "autofix-codemods"


def requirement(found: Distribution | None = None) -> str | None:
    """What ``pip install`` takes, or ``None`` where it was installed from this machine alone.

    An installer notes where a distribution came from (PEP 610), unless it was an index: then the
    version is there for everybody.

    Args:
        found: the distribution; by default ours.
    """
    found = distribution(NAME) if found is None else found
    noted = found.read_text("direct_url.json")
    if noted is None:
        return f"{NAME}=={found.version}"
    origin = json.loads(noted)
    url = str(origin.get("url", ""))
    commit = origin.get("vcs_info", {}).get("commit_id")
    if url.startswith(("https://", "ssh://")) and commit:
        return f"{NAME} @ git+{url}@{commit}"
    if url.startswith("https://") and "dir_info" not in origin and "vcs_info" not in origin:
        return f"{NAME} @ {url}"
    return None


def with_extra(asked: str, extra: str) -> str:
    """A requirement with an extra: ``autofix-codemods[bot]==0.1.0``."""
    return asked.replace(NAME, f"{NAME}[{extra}]", 1) if asked.startswith(NAME) else asked


def mistake(asked: str) -> str | None:
    """Why a requirement cannot be written into a shell command and a YAML file as it is."""
    if not asked.strip() or asked.startswith("-"):
        return "--requirement is what `pip install` takes, and no option"
    if any(sign in "'\"\\$`" or not sign.isprintable() for sign in asked):
        return "--requirement must hold no quotes, and none of \\, $ and `"
    return None
