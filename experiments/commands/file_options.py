"""File options: how options that name a file are checked."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from experiments.files.address import path_of
from experiments.files.strange_file import StrangeFileError


def file_to_read(text: str) -> Path:
    """A file, by its path or by an address such as file managers hand over."""
    _refuse_no_name(text)
    try:
        return path_of(text)
    except StrangeFileError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def file_to_write(text: str) -> Path:
    """The path of a file; what can only be a folder is refused, as Path forgets a last slash."""
    _refuse_no_name(text)
    if os.path.basename(text) in ("", os.curdir, os.pardir):
        raise argparse.ArgumentTypeError(f"must be the name of a file, got '{text}', a folder")
    return Path(text)


def file_or_name(text: str) -> str:
    """A file, or the name of something known."""
    _refuse_no_name(text)
    return text


def _refuse_no_name(text: str) -> None:
    if not text:
        raise argparse.ArgumentTypeError("must be the name of a file, got ''")
