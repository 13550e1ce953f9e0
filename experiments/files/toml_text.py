"""TOML of strangers: text that doesn't take hours to read, however small it is."""

from __future__ import annotations

import re
from typing import Final

from experiments.files.strange_file import plain_text

_MOST_DOTS: Final = 20
_PART: Final = rb"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_DEEP_KEY: Final = re.compile(rb"(?<![\w-])%s(?:[ \t]*\.[ \t]*%s){%d}" % (_PART, _PART, _MOST_DOTS))
"""Such keys take the standard library time and memory that grow with the square of their parts."""


def toml_text(contents: bytes) -> bytes:
    """The text to be decoded.

    Raises
    ------
    ValueError
        It is no text, or can't be TOML of ours.
    """
    text = plain_text(contents)
    if _DEEP_KEY.search(text):
        raise ValueError(f"it has a key of more than {_MOST_DOTS} parts")
    return text
