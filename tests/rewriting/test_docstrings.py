"""Docstrings without the entries of parameters; what is no entry stays."""

from __future__ import annotations

import pytest

from codemods.rewriting.signatures import without_parameters

GOOGLE = '''"""Find words.

    Args:
        words: what to look for,
            and where.
        limit (int, optional): how many:
            some, or

            none at all.
        mode: how; limit: no.

    Returns:
        The words within limit: all.
    """'''
NUMPY = '''"""Find words.

    Parameters
    ----------
    words : list
        What to look for.
    limit : int, optional
        How many.

    Returns
    -------
    list
        The words.
    """'''
SPHINX = '''"""Find words.

    :param words: what to look for
    :param int limit: how many,
        at most
    :type limit: int
    :returns: limit: the words
    """'''
ONLY = '''"""Find words.

    Args:
        limit: how many.

    Returns:
        The words.
    """'''
LAST = '''"""Find words.

    Args:
        limit: how many.
    """'''


@pytest.mark.parametrize(
    "literal",
    [
        '"""Find words; limit: no."""',
        '"""Find words.\n\n    limit: how many.\n    """',
        '"""Find words.\n\n    Raises:\n        limit: how many.\n    """',
        '"""Find words.\n\n    Args:\n        words: with\n            limit: inside.\n    """',
        '"""Find words.\n\n    Args:\n        limits: how many.\n    """',
        '"""Find words.\n\n    Args:\n        limit: how many."""',
        '"""Find words.\n\n    Parameters\n    ----------\n    a, limit : int\n    """',
        '"""Find words.\n\n    :param limits: how many\n    :raises limit: never\n    """',
    ],
)
def test_what_is_no_entry_of_its_own_stays(literal: str) -> None:
    assert without_parameters(literal, ["limit"]) == literal


def test_google() -> None:
    made = without_parameters(GOOGLE, ["limit"])
    assert made == GOOGLE.replace(
        "        limit (int, optional): how many:\n            some, or\n\n"
        "            none at all.\n",
        "",
    )


def test_numpy() -> None:
    made = without_parameters(NUMPY, ["limit"])
    assert made == NUMPY.replace("    limit : int, optional\n        How many.\n", "")


def test_sphinx() -> None:
    made = without_parameters(SPHINX, ["limit"])
    assert made == SPHINX.replace(
        "    :param int limit: how many,\n        at most\n    :type limit: int\n", ""
    )


def test_a_section_goes_with_its_last_entry() -> None:
    assert without_parameters(ONLY, ["limit"]) == ONLY.replace(
        "    Args:\n        limit: how many.\n\n", ""
    )
    assert without_parameters(LAST, ["limit"]) == '"""Find words.\n    """'
    assert without_parameters(NUMPY, ["limit", "words"]) == (
        '"""Find words.\n\n    Returns\n    -------\n    list\n        The words.\n    """'
    )


def test_a_section_that_was_the_first_thing_leaves_no_blank_line() -> None:
    literal = '"""\n    Args:\n        limit: how many.\n\n    Returns:\n        Words.\n    """'
    made = without_parameters(literal, ["limit"])
    assert made == '"""\n    Returns:\n        Words.\n    """'


def test_windows_newlines_stay() -> None:
    literal = ONLY.replace("\n", "\r\n")
    made = without_parameters(literal, ["limit"])
    assert "\n" not in made.replace("\r\n", "") and "Args" not in made
