"""Blocks and headers, told by bytes."""

from __future__ import annotations

import re

import pytest

from codemods.syntax.blocks import comes_behind

_HEADER, _BASE = re.compile(rb"class \w+\("), re.compile(rb"\bBase\b")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"class A(Other):\n    pass\nBase",
        b"Base\nclass A(Other):\n    pass",
        b"class A(Bases):\n    pass",
        b"class A(Other): class B: (Base)",
    ],
)
def test_not_behind(data: bytes) -> None:
    assert not comes_behind(data, _HEADER, _BASE, b":")


@pytest.mark.parametrize(
    "data",
    [b"class A(Base):\n    pass", b"x: int\nclass A(Other,\n    Base)", b"class A(class B(Base):"],
)
def test_behind(data: bytes) -> None:
    assert comes_behind(data, _HEADER, _BASE, b":")
