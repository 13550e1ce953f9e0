"""Scratch files: nameless ones that take what a child process prints."""

from __future__ import annotations

import os
import tempfile
from typing import IO, Any


def scratch_file(mode: str = "w+b") -> IO[Any]:
    """A nameless file; in memory if there is no place for temporary files.

    Raises
    ------
    OSError
        Neither is possible.
    """
    try:
        return tempfile.TemporaryFile(mode)
    except OSError:
        if not hasattr(os, "memfd_create"):
            raise
        return open(os.memfd_create("fireflies"), mode)
