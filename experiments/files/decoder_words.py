"""Words for a decoder's errors, understood without any knowledge of types."""

from __future__ import annotations

import re
from typing import Final

_KINDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "null": "nothing",
    "array": "a list",
    "object": "named values",
    "date": "a date",
    "datetime": "a date and time",
    "time": "a time",
}
"""msgspec's names of what files hold."""

_EXPECTED: Final = re.compile(r"expected ([a-z]+(?: \| [a-z]+)*)( [^,]+)?(?:, got ([a-z]+))?")
_MISSING: Final = re.compile(r"object missing required field (.+)")
_UNKNOWN: Final = re.compile(r"object contains unknown field (.+)")
_NO_CHOICE: Final = re.compile(r"invalid enum value (.+)")
_CUT_OFF: Final = "input data was truncated"


def decoder_words(said: str) -> str:
    """A message of msgspec in plain words, where it is about types; any other as it is.

    Parameters
    ----------
    said
        The message, without backticks and place; whatever its first letter.

    Returns
    -------
    str
        What goes on from the name of the field ("must be a number, got text"), or `said`.
    """
    lowered = said[:1].lower() + said[1:]
    if (found := _EXPECTED.fullmatch(lowered)) and all(map(_is_known, found.groups()[::2])):
        allowed = " or ".join(_KINDS[each] for each in found[1].split(" | ")) + (found[2] or "")
        got = "a decimal number" if found[3] == "float" else _KINDS.get(found[3] or "")
        return f"must be {allowed}" + (f", got {got}" if got else "")
    if found := _MISSING.fullmatch(lowered):
        return f"lacks the field {found[1]}"
    if found := _UNKNOWN.fullmatch(lowered):
        return f"has an unknown field {found[1]}"
    if found := _NO_CHOICE.fullmatch(lowered):
        return f"has an unknown value {found[1]}"
    return "ends too soon" if lowered == _CUT_OFF else said


def _is_known(kinds: str | None) -> bool:
    return kinds is None or all(each in _KINDS for each in kinds.split(" | "))
