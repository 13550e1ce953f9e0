"""Strange files, which come from others: regular, bounded and in UTF-8, or refused in words."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path
from typing import IO, Final

from experiments.files.decoder_words import decoder_words

_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "not a file but a pipe"),
    (stat.S_ISSOCK, "not a file but a socket"),
    (stat.S_ISCHR, "not a file but a device"),
    (stat.S_ISBLK, "not a file but a device"),
)

_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"\x1aE\xdf\xa3", "a WebM or Matroska video"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive, or an office document"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ\0", "a compressed file (xz)"),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstd)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3\0", "a database"),
    (b"{\\rtf", "an RTF document"),
    (b"PAR1", "a Parquet table"),
    (b"\x93NUMPY", "a NumPy array"),
)
"""What files of other kinds begin with, and what they are."""

_MARKUP: Final = (
    (b"<svg", "an SVG picture"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<", "an XML or HTML file"),
)

_OTHER_TEXT: Final = (
    (codecs.BOM_UTF32_LE, "text in UTF-32, not in UTF-8"),
    (codecs.BOM_UTF32_BE, "text in UTF-32, not in UTF-8"),
    (codecs.BOM_UTF16_LE, "text in UTF-16, not in UTF-8"),
    (codecs.BOM_UTF16_BE, "text in UTF-16, not in UTF-8"),
)
"""Byte-order marks, the longer ones first."""

_LOOKED_AT: Final = 1_000
_LONGEST_MESSAGE: Final = 6_000
"""Characters, with room for the longest path."""

_BYTE: Final = {chr(0xDC00 + byte): f"\\x{byte:02x}" for byte in range(0x80, 0x100)}
"""How bytes of a file's name that are no text are written; as Python holds them, and here."""

_LONGEST_REASON: Final = 200
_FEW: Final = 3
PIECE_BYTES: Final = 1 << 20


def one_line(message: str) -> str:
    """A message as one line of bounded length, whatever it quotes of a stranger's file."""
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}\N{HORIZONTAL ELLIPSIS}"
    return "".join(c if c.isprintable() else _BYTE.get(c, " ") for c in message)


def reason_of(error: Exception, where: str = "") -> str:
    """A decoder's error about a stranger's file, as a short line: the field, and what is wrong.

    Parameters
    ----------
    error
        Of msgspec, or any other.
    where
        The part of the file that was decoded, if it isn't the whole.
    """
    said = str(error)
    if len(said) > _LONGEST_MESSAGE:  # the field is named at the end
        said = f"{said[:_LONGEST_REASON]}\N{HORIZONTAL ELLIPSIS} {said[-_LONGEST_REASON:]}"
    reason = " ".join(said.split()).replace("`", "")
    reason = reason.removeprefix("JSON is malformed: ")
    what, at, place = reason.rpartition(" - at $")
    field = (where + place if at else where).removeprefix(".")
    said = what if at else reason
    words = decoder_words(said)
    if words != said:  # they go on from the name
        reason = f"{field or 'it'} {words}"
    elif at or where:
        reason = f"{field or 'the whole'}: {said[:1].lower()}{said[1:]}"
    if len(reason) <= _LONGEST_REASON:
        return reason
    return f"{reason[:_LONGEST_REASON]}\N{HORIZONTAL ELLIPSIS}"


class StrangeFileError(ValueError):
    """A file can't be used; says which and why, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class MissingFileError(StrangeFileError):
    """There is no such file."""


def open_regular(path: Path) -> IO[bytes]:
    """Open a regular file to be read: reading from others may never end, or never begin.

    Raises
    ------
    StrangeFileError
        It is none, or can't be read.
    """
    try:
        _refuse_other_kinds(path, path.stat())
        handle = os.open(path, _READ_ONLY)
        file = os.fdopen(handle, "rb")
        try:  # somebody may have put something else in its place
            _refuse_other_kinds(path, os.fstat(handle))
        except StrangeFileError:
            file.close()
            raise
    except FileNotFoundError as error:
        raise MissingFileError(f"can't read {path}: {error.strerror}") from error
    except OSError as error:
        raise StrangeFileError(f"can't read {path}: {error.strerror}") from error
    except ValueError as error:
        if isinstance(error, StrangeFileError):
            raise
        raise StrangeFileError(f"can't read {path}: {error}") from error  # a zero byte in it
    return file


_READ_ONLY: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


def read_bounded(path: Path, most: int, what: str) -> bytes:
    """The contents of a file, if it is one and small enough.

    Parameters
    ----------
    path
        The file.
    most
        Bytes that it may have.
    what
        What it is read as, with its article.

    Raises
    ------
    StrangeFileError
        It is none, can't be read, or is too large.
    """
    with open_regular(path) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            # None is what a file gives that would have to be waited for, as some of /proc do.
            contents = (file.read(most + 1) if size <= most else None) or b""
        except OSError as error:
            raise StrangeFileError(f"can't read {path}: {error.strerror}") from error
        except MemoryError as error:
            raise StrangeFileError(f"there is too little memory to read {path}") from error
    size = max(size, len(contents))
    if size > most:
        allowed, got = size_words(most), size_words(size)
        if allowed == got:
            got = f"{size:,} bytes"
        raise StrangeFileError(f"{path} is too large for {what}: at most {allowed}, got {got}")
    return contents


def plain_text(contents: bytes) -> bytes:
    r"""Text of any origin as UTF-8 without a byte-order mark, its line ends ``\n``.

    Raises
    ------
    StrangeFileError
        It is no text, or in no UTF-8; says what it is instead, as far as that can be told.
    """
    contents = contents.removeprefix(codecs.BOM_UTF8)
    kind = kind_of_contents(contents)
    if kind is not None:
        raise StrangeFileError(f"it is {kind}")
    if not contents.isascii():
        _check_utf8(contents)
    if b"\0" in contents:
        raise StrangeFileError("it is not text: it has zero bytes")
    if b"\r" in contents:
        contents = contents.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return contents


def kind_of_contents(contents: bytes) -> str | None:
    """What a file of another kind than text in UTF-8 is, by its beginning; None if unknown."""
    head = contents[:_LOOKED_AT]
    is_binary = b"\0" in head
    for mark, kind in _OTHER_TEXT + _BEGINNINGS:
        # Two or three letters may begin a text as well.
        if head.startswith(mark) and (is_binary or len(mark) > _FEW or not mark.isalnum()):
            return kind
    if head[4:8] == b"ftyp":
        return "an MP4 or QuickTime file"
    for zeros, others in ((head[::2], head[1::2]), (head[1::2], head[::2])):
        if len(zeros) > 1 and not any(zeros) and all(others):
            return "text in UTF-16, not in UTF-8"
    text = head.lstrip().lower()
    for mark, kind in _MARKUP:
        if text.startswith(mark):
            return "an SVG picture" if b"<svg" in text else kind
    return None


def size_words(n_bytes: int) -> str:
    """A size for people, in the unit in which it is below 1,000."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if n_bytes >= size:
            return f"{n_bytes / size:.4g} {unit}"
    return f"{n_bytes} bytes"


def _refuse_other_kinds(path: Path, status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    kinds = (words for is_kind, words in _KINDS if is_kind(status.st_mode))
    raise StrangeFileError(f"{path} is {next(kinds, 'not a file')}")


def _check_utf8(contents: bytes) -> None:
    """Piece by piece: as a whole it may take four times as much memory once more."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for at in range(0, len(contents), PIECE_BYTES):
        piece = contents[at : at + PIECE_BYTES]
        n_held = len(decoder.getstate()[0])
        try:
            decoder.decode(piece, final=at + PIECE_BYTES >= len(contents))
        except UnicodeDecodeError as error:
            where = at - n_held + error.start
            line = contents.count(b"\n", 0, where) + 1
            raise StrangeFileError(
                f"it is not text in UTF-8: byte 0x{contents[where]:02x} in line {line}"
            ) from error
