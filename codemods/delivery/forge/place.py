"""Which repository on which forge, and with whose token: a token goes to no other host.

A clone's own configuration names an address that somebody else may have chosen. A host of it is
believed only if the environment or the command line name it as well, or if it is github.com.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from codemods.delivery.forge.client import API
from codemods.delivery.forge.protocol import ForgeError, RepositoryFacts, Trouble

GITHUB = "github.com"
TOKENS = ("GH_TOKEN", "GITHUB_TOKEN")
ENTERPRISE_TOKENS = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", *TOKENS)

_SSH = re.compile(r"^(?:ssh://)?(?:[\w.-]+@)?([\w.-]+)(?::\d+)?[:/](.+)$")
_NAME = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A repository on a forge."""

    repository: str
    """``owner/name``."""
    api_url: str


def place(
    origin: str | None,
    environment: Mapping[str, str],
    repository: str | None = None,
    api_url: str | None = None,
) -> Place:
    """Which repository is meant.

    Args:
        origin: the address of the clone's remote.
        environment: ``GITHUB_REPOSITORY`` and ``GITHUB_API_URL``, as a workflow has them.
        repository: what the command line says.
        api_url: what the command line says.

    Raises:
        ForgeError: when nothing says it, or the host is one that only the clone names.
    """
    host, path = _origin(origin or "")
    name = repository or environment.get("GITHUB_REPOSITORY") or path
    if not _NAME.fullmatch(name or ""):
        text = "the repository is unknown: pass --repository OWNER/NAME"
        raise ForgeError(Trouble.REFUSED, text if not name else f"{name!r} is not OWNER/NAME")
    chosen = api_url or environment.get("GITHUB_API_URL")
    if chosen is None:
        trusted = {GITHUB, environment.get("GH_HOST", "").lower()}
        if host and host not in trusted:
            raise ForgeError(
                Trouble.REFUSED,
                f"origin is on {host}: to send the token there, pass --api-url "
                f"https://{host}/api/v3",
            )
        chosen = API if host in ("", GITHUB) else f"https://{host}/api/v3"
    _check(chosen)
    return Place(name, chosen.rstrip("/"))


def _origin(url: str) -> tuple[str, str]:
    """Host and path of a remote's address; empty where it is none of a forge."""
    if url.startswith(("http://", "https://")):
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path
    else:
        found = _SSH.match(url)
        if found is None or url.startswith(("/", ".", "file:")):
            return "", ""
        host, path = found[1], found[2]
    return host.lower(), path.strip("/").removesuffix(".git")


def _check(api_url: str) -> None:
    parts = urlsplit(api_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ForgeError(Trouble.REFUSED, f"{api_url!r} is not an address like https://HOST/api/v3")
    if parts.username or parts.password:
        raise ForgeError(Trouble.REFUSED, "--api-url contains a password: set a token as GH_TOKEN")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ForgeError(
            Trouble.REFUSED, f"{api_url} is not encrypted: the token is not sent there"
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def token_of(place: Place, environment: Mapping[str, str]) -> str:
    """The token for a place, from the environment; ``""`` where there is none."""
    names = TOKENS if place.api_url == API else ENTERPRISE_TOKENS
    return next((found for name in names if (found := environment.get(name, "").strip())), "")


def clone_url(place: Place, facts: RepositoryFacts) -> str:
    """Where git pushes to, which must be the forge's own host.

    Raises:
        ForgeError: when the forge names another one.
    """
    api = urlsplit(place.api_url)
    host = GITHUB if place.api_url == API else api.netloc
    # Data residency: api.NAME.ghe.com answers for NAME.ghe.com.
    hosts = {host, host.removeprefix("api.")}
    found = urlsplit(facts.clone_url)
    if found.netloc not in hosts or (found.scheme != api.scheme):
        raise ForgeError(
            Trouble.MOVED,
            f"the clone URL of {facts.name} is on {found.netloc}: the token is not sent there",
        )
    return facts.clone_url
