"""Secrets in what is told."""

from __future__ import annotations

import pytest

from codemods.project.redaction import redacted


@pytest.mark.parametrize(
    "text",
    [
        "fatal: unable to access 'https://forge.example/acme/shop.git/': 403",
        "ssh://git@forge.example/acme/shop.git",
        "git@forge.example:acme/shop.git",
        "https://forge.example/search?q=tokens&page=2",
        "mail ada@shop.example about https://shop.example",
        "the key=value store at app/store.py:12",
        "token_count = 3; secret_santa()",
        "https://shop.example/a:b@c/d",
        "task-runner sk-ip sk-learn and pypi-server",
        "https://shop.example/?passenger=2&sidebar=1",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("'https://ada:pw@forge.example/x.git'", "'https://***@forge.example/x.git'"),
        ("https://x-access-token@forge.example/x", "https://***@forge.example/x"),
        ("https://user:p@ss@forge.example/x", "https://***@forge.example/x"),
        ("ftp://ada:pw@files.example", "ftp://***@files.example"),
        ("git+ssh://ada:pw@forge.example/x", "git+ssh://***@forge.example/x"),
        ("svn+HTTPS://ada:pw@forge.example/x", "svn+HTTPS://***@forge.example/x"),
        ("postgres://app:pw@db/app?sslmode=off", "postgres://***@db/app?sslmode=off"),
        ("https://x.example/a?access_token=abc&b=1", "https://x.example/a?access_token=***&b=1"),
        (
            "https://x.example/a?b=1&private-token=abc#c",
            "https://x.example/a?b=1&private-token=***#c",
        ),
        ("https://x.example/a?X-Amz-Signature=abc", "https://x.example/a?X-Amz-Signature=***"),
        ("https://x.example/a#auth=abc", "https://x.example/a#auth=***"),
        ("/a?api_key=abc", "/a?api_key=***"),
        ("said ghp_0123456789abcdef", "said ***"),
        ("github_pat_11ABCDEFG_abc and glpat-0123456789ab", "*** and ***"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("AKIAIOSFODNN7EXAMPLE", "***"),
        ("npm_0123456789abcdefghijABCDEFGHIJ012345", "***"),
        ("sk-proj-0123456789abcdefghij", "***"),
        ("curl -H 'PRIVATE-TOKEN: abc' x", "curl -H 'PRIVATE-TOKEN: ***' x"),
        ("X-Api-Key: abc", "X-Api-Key: ***"),
        ("https://x.example/?pass=abc&page=2", "https://x.example/?pass=***&page=2"),
    ],
)
def test_what_lets_somebody_in_is_hidden(text: str, shown: str) -> None:
    assert redacted(text) == shown
