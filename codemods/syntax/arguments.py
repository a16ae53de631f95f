"""Adding an argument to a call, and an item to a dictionary, in the layout that they have."""

from __future__ import annotations

from codemods.syntax.lazy import cst


def append_keyword(call: cst.Call, name: str, value: cst.BaseExpression) -> cst.Call:
    """``call`` with ``name=value`` as its last argument; comments and commas stay.

    The argument gets a line of its own where the others have theirs, and a trailing comma where
    the last one has it.
    """
    keyword = cst.Arg(
        value,
        cst.Name(name),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    if not call.args:
        return call.with_changes(args=[keyword])
    *before, last = call.args
    if isinstance(last.comma, cst.Comma):
        trailing, behind = True, last.comma.whitespace_after
    else:
        trailing, behind = False, last.whitespace_after_arg
    if isinstance(behind, cst.ParenthesizedWhitespace) and _have_own_lines(call, before):
        # The comment of the line belongs to the argument before the comma; those on lines of
        # their own stay in front of the parenthesis.
        between: cst.BaseParenthesizableWhitespace = cst.ParenthesizedWhitespace(
            first_line=behind.first_line, indent=True, last_line=_indentation(call)
        )
        plain = cst.TrailingWhitespace(newline=behind.first_line.newline)
        behind = behind.with_changes(first_line=plain)
    else:
        between = cst.SimpleWhitespace(" ")
    last = last.with_changes(
        comma=cst.Comma(whitespace_after=between),
        whitespace_after_arg=last.whitespace_after_arg if trailing else cst.SimpleWhitespace(""),
    )
    if trailing:
        keyword = keyword.with_changes(comma=cst.Comma(whitespace_after=behind))
    else:
        keyword = keyword.with_changes(whitespace_after_arg=behind)
    return call.with_changes(args=[*before, last, keyword])


def append_item(node: cst.Dict, key: cst.BaseExpression, value: cst.BaseExpression) -> cst.Dict:
    """``node`` with one more item at its end."""
    added = cst.DictElement(key, value)
    if not node.elements:
        return node.with_changes(elements=[added])
    *before, last = node.elements
    between = before[-1].comma if before else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    added = added.with_changes(comma=last.comma)
    return node.with_changes(elements=[*before, last.with_changes(comma=between), added])


def _have_own_lines(call: cst.Call, before: list[cst.Arg]) -> bool:
    """Whether every argument but perhaps the first begins a line."""
    if not before:
        return isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace)
    return all(
        isinstance(item.comma, cst.Comma)
        and isinstance(item.comma.whitespace_after, cst.ParenthesizedWhitespace)
        for item in before
    )


def _indentation(call: cst.Call) -> cst.SimpleWhitespace:
    """What stands in front of the last argument on its line."""
    spaces = [
        item.comma.whitespace_after for item in call.args[:-1] if isinstance(item.comma, cst.Comma)
    ]
    for space in (*reversed(spaces), call.whitespace_before_args):
        if isinstance(space, cst.ParenthesizedWhitespace):
            return space.last_line
    return cst.SimpleWhitespace("")
