"""Addresses of files: paths as people type them, and URLs as file managers hand them over."""

from __future__ import annotations

import os
import re
import socket
import urllib.parse
from pathlib import Path
from typing import Final

from experiments.files.strange_file import StrangeFileError

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]+):", re.IGNORECASE)
"""At least two letters: a single one is a drive on Windows."""

_LONGEST_SHOWN: Final = 200


def path_of(text: str) -> Path:
    """The file that a text means: a path, or an address that begins with ``file:``.

    Raises
    ------
    StrangeFileError
        It is the address of something else.
    """
    scheme = _SCHEME.match(text)
    if scheme is None or os.path.lexists(text):  # there is a file of just this name
        return Path(text)
    if scheme[1].lower() == "file":
        # A question mark or a hash that nobody has encoded is part of a name.
        rest = text[scheme.end() :]
        host, slash, path = rest[2:].partition("/") if rest.startswith("//") else ("", "", rest)
        if host.lower() in ("", "localhost", socket.gethostname().lower()):
            return Path(_decoded(slash + path))
    elif not text[scheme.end() :].startswith("//"):
        return Path(text)  # a colon in a name
    shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
    raise StrangeFileError(f"{shown} is not a file on this machine")


def is_address(text: str) -> bool:
    """Whether a text is an address rather than a name or a path."""
    scheme = _SCHEME.match(text)
    if scheme is None:
        return False
    return scheme[1].lower() == "file" or text[scheme.end() :].startswith("//")


def _decoded(path: str) -> str:
    """A path without percent signs; its bytes may be no UTF-8, as those of any name."""
    if os.name == "nt":
        from urllib.request import url2pathname  # elsewhere it only makes each start longer

        return url2pathname(path)
    return os.fsdecode(urllib.parse.unquote_to_bytes(os.fsencode(path)))
