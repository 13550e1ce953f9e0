"""The texts of a PNG file, read from its chunks alone: nothing of the picture is decoded."""

from __future__ import annotations

import zlib
from typing import IO, Final

from gui.models.recording_settings import RecordingError

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

_MOST_CHUNKS: Final = 100_000
"""More than any picture has that programs write; walking over them takes a fraction of a second."""

_CHUNK_OVERHEAD: Final = 12
_HEADER: Final = 8
_COMPRESSED: Final = b"\0"


def png_text(file: IO[bytes], name: str, most: int) -> bytes | None:
    """The first text of a name in UTF-8; None if there is none.

    Parameters
    ----------
    file
        An open PNG file.
    name
        Of the text.
    most
        Bytes that it may have, compressed or not.

    Raises
    ------
    RecordingError
        The text is damaged or longer than that, or the file has far too many chunks.
    """
    keyword = name.encode("latin-1") + b"\0"
    size = file.seek(0, 2)
    at = len(SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        header = file.read(_HEADER)
        length, kind = int.from_bytes(header[:4], "big"), header[4:]
        if kind == b"IEND" or at + _CHUNK_OVERHEAD + length > size:
            return None
        if kind in _READERS and file.read(len(keyword)) == keyword:
            if length > most:
                raise RecordingError(f"its text {name} is longer than {most:,} bytes")
            data = file.read(length - len(keyword))
            if zlib.crc32(kind + keyword + data) != int.from_bytes(file.read(4), "big"):
                raise RecordingError(f"its text {name} is damaged")
            return _READERS[kind](data, name, most)
        at += _CHUNK_OVERHEAD + length
    raise RecordingError(f"it has more than {_MOST_CHUNKS:,} chunks")


def _plain(data: bytes, _name: str, _most: int) -> bytes:
    return _from_latin(data)


def _compressed(data: bytes, name: str, most: int) -> bytes:
    if data[:1] != _COMPRESSED:
        raise RecordingError(f"its text {name} is compressed in an unknown way")
    return _from_latin(_inflated(data[1:], name, most))


def _international(data: bytes, name: str, most: int) -> bytes:
    flags, (_language, _, rest) = data[:2], data[2:].partition(b"\0")
    _translated, _, text = rest.partition(b"\0")
    return text if flags[:1] != b"\1" else _inflated(text, name, most)


_READERS: Final = {b"tEXt": _plain, b"zTXt": _compressed, b"iTXt": _international}


def _inflated(data: bytes, name: str, most: int) -> bytes:
    """Decompressed, but never more than is allowed."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, most + 1)
    except zlib.error as error:
        raise RecordingError(f"its text {name} is damaged") from error
    if len(text) > most:
        raise RecordingError(f"its text {name} is longer than {most:,} bytes")
    if not inflater.eof:
        raise RecordingError(f"its text {name} is cut off")
    return text


def _from_latin(text: bytes) -> bytes:
    return text if text.isascii() else text.decode("latin-1").encode()
