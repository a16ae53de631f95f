"""A token goes to one host, and only where somebody who may say so has said so."""

from __future__ import annotations

import pytest

from codemods.delivery.bot.remote import Remote
from codemods.delivery.forge.place import Place, clone_url, place, token_of
from codemods.delivery.forge.protocol import ForgeError, RepositoryFacts

GITHUB = "https://api.github.com"


@pytest.mark.parametrize(
    ("origin", "part"),
    [
        ("https://evil.example/acme/shop.git", "--api-url https://evil.example"),
        ("git@evil.example:acme/shop.git", "evil.example"),
        ("ssh://git@evil.example:22/acme/shop", "evil.example"),
        ("https://github.com.evil.example/acme/shop", "evil.example"),
        ("https://github.com@evil.example/acme/shop", "evil.example"),
        ("/srv/git/shop.git", "the repository is unknown"),
        ("file:///srv/git/shop.git", "the repository is unknown"),
        (None, "the repository is unknown"),
    ],
)
def test_a_host_that_only_the_clone_names(origin: str | None, part: str) -> None:
    with pytest.raises(ForgeError, match=part):
        place(origin, {})


@pytest.mark.parametrize(
    "url",
    [
        "http://github.example/api/v3",
        "ftp://github.example",
        "https://ada:secret@github.example/api/v3",
        "nonsense",
    ],
)
def test_an_address_that_no_token_goes_to(url: str) -> None:
    with pytest.raises(ForgeError) as caught:
        place(None, {}, "acme/shop", url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["acme", "acme/shop/x", "acme/shop?x=1", "../shop x", "a b/c"])
def test_what_is_no_repository(name: str) -> None:
    with pytest.raises(ForgeError, match="OWNER/NAME"):
        place(None, {}, name)


@pytest.mark.parametrize(
    "origin",
    ["https://github.com/acme/shop.git", "git@github.com:acme/shop.git",
     "ssh://git@github.com/acme/shop", "https://x-token:ghp_y@github.com/acme/shop.git"],
)  # fmt: skip
def test_github(origin: str) -> None:
    assert place(origin, {}) == Place("acme/shop", GITHUB)


def test_enterprise_server() -> None:
    origin = "git@git.corp.example:acme/shop.git"
    api = "https://git.corp.example/api/v3"
    assert place(origin, {"GH_HOST": "git.corp.example"}) == Place("acme/shop", api)
    assert place(origin, {"GITHUB_API_URL": api}) == Place("acme/shop", api)
    assert place(None, {"GITHUB_REPOSITORY": "a/b"}, api_url=f"{api}/") == Place("a/b", api)


def test_tokens() -> None:
    environment = {"GH_TOKEN": " a ", "GH_ENTERPRISE_TOKEN": "b"}
    assert token_of(Place("a/b", GITHUB), environment) == "a"
    assert token_of(Place("a/b", "https://git.corp.example/api/v3"), environment) == "b"
    assert token_of(Place("a/b", GITHUB), {}) == ""


@pytest.mark.parametrize(
    ("api", "clone", "good"),
    [
        (GITHUB, "https://github.com/acme/shop.git", True),
        (GITHUB, "https://evil.example/acme/shop.git", False),
        (GITHUB, "http://github.com/acme/shop.git", False),
        ("https://git.corp.example/api/v3", "https://git.corp.example/a/b.git", True),
        ("https://git.corp.example/api/v3", "https://github.com/a/b.git", False),
        ("https://api.corp.ghe.com", "https://corp.ghe.com/a/b.git", True),
    ],
)
def test_where_git_pushes_to(api: str, clone: str, good: bool) -> None:
    facts = RepositoryFacts("acme/shop", "main", "https://x.example", clone)
    if good:
        assert clone_url(Place("acme/shop", api), facts) == clone
        return
    with pytest.raises(ForgeError, match="the token is not sent there"):
        clone_url(Place("acme/shop", api), facts)


def test_the_token_is_in_the_environment_of_one_host_alone() -> None:
    remote = Remote("https://github.com/acme/shop.git", "ghp_secret")
    environment = remote.environment()
    assert "ghp_secret" not in repr(remote) + str(environment)
    values = [
        environment[f"GIT_CONFIG_KEY_{n}"] for n in range(int(environment["GIT_CONFIG_COUNT"]))
    ]
    assert values == [
        "http.followRedirects", "credential.helper", "http.lowSpeedLimit", "http.lowSpeedTime",
        "http.https://github.com/.extraHeader", "http.https://github.com/.extraHeader",
    ]  # fmt: skip
    # The first of the two empties what a checkout has left there.
    assert environment["GIT_CONFIG_VALUE_4"] == ""
