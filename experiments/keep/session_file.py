"""Session files: JSON, versioned, checked field by field when they are read."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from experiments.files.strange_file import StrangeFileError, plain_text, read_bounded, reason_of
from experiments.files.whole_file import write_whole
from experiments.keep.parameter_layout import (
    change_values,
    session_values,
    values_in_session,
)
from experiments.keep.session import Session, SessionError, Step
from experiments.keep.session_text import (
    FORMAT,
    Head,
    SessionLine,
    Tail,
    check_of,
    encode_session,
    head_text,
    line_text,
    tail_text,
)
from experiments.model.actions import Action
from experiments.model.fields import ParameterError, Value
from experiments.model.parameters import PARAMETER_FIELDS, Parameters

SESSION_SUFFIX: Final = ".fireflies"

MAX_SESSION_BYTES: Final = 32_000_000
"""More than hours of drawing on the grid take, and little enough to be read quickly."""

MAX_STEPS: Final = 100_000
MAX_VALUES: Final = 2_000_000
"""Numbers and words in it: two for each run of ids."""

_MOST_SECONDS: Final = 1e12
_LONGEST_CHANGE: Final = 1_000
"""Bytes of an intervention without ids; it has room for all parameters, many times."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """Layout of the file; its interventions are looked into one by one."""

    fireflies: int
    parameters: msgspec.Raw
    end: float
    interventions: list[msgspec.Raw]
    flashes: int | None = None
    digest: str | None = None
    version: str = ""
    check: str = ""


class _Format(msgspec.Struct):
    fireflies: int


def save_session(path: Path, session: Session) -> None:
    """Write a session file, whole or not at all; one that was there before is replaced.

    Raises
    ------
    SessionError
        It can't be written, or would be too large to be read again.
    """
    contents = encode_session(session)
    try:
        check_session_size(contents, len(session.steps))
    except SessionError as error:
        raise SessionError(f"can't write {path}: {error}") from error
    write_session_text(path, contents)


def write_session_text(path: Path, contents: bytes) -> None:
    """Write what :func:`~experiments.keep.session_text.encode_session` gave, whole or not at all.

    Raises
    ------
    SessionError
        It can't be written.
    """
    try:
        write_whole(path, contents)
    except OSError as error:
        raise SessionError(f"can't write {path}: {error.strerror}") from error
    except ValueError as error:  # a zero byte in the path
        raise SessionError(f"can't write {path}: {error}") from error


def load_session(path: Path) -> Session:
    """Read a session file.

    Raises
    ------
    SessionError
        The file can't be read, is no session file, is damaged or cut off, comes from a
        newer program, or describes an impossible run. Names the file and the field.
    """
    try:
        contents = read_bounded(path, MAX_SESSION_BYTES, "a session")
    except StrangeFileError as error:
        raise SessionError(str(error)) from error
    return decode_session(contents, str(path))


def decode_session(contents: bytes | str, name: str) -> Session:
    """The session in some contents; `name` says where they are from.

    White space and line ends don't matter.

    Raises
    ------
    SessionError
        As for :func:`load_session`.
    """
    if isinstance(contents, str):
        contents = contents.encode(errors="replace")
    try:
        text = plain_text(contents)
        check_session_size(text)
        _check_format(msgspec.json.decode(text, type=_Format).fireflies)
        file = msgspec.json.decode(text, type=_File)
        values = _decoded_values(file.parameters)
        _check_sum(text, file, values)
        return _understood(file, values)
    except SessionError as error:
        raise SessionError(f"{name}: {error}") from error
    except ParameterError as error:
        raise SessionError(f"{name}: parameters.{error}") from error
    except MemoryError as error:
        raise SessionError(f"there is too little memory to read {name}") from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        reason = _reason(error)
        raise SessionError(f"{name} is not a session file of Fireflies: {reason}") from error


def check_session_size(text: bytes, n_steps: int = 0) -> None:
    """Refuse contents that would take too much time or memory to read, before decoding them.

    Raises
    ------
    SessionError
        It has too many bytes, interventions or values.
    """
    n_values = text.count(b",")
    if len(text) > MAX_SESSION_BYTES or n_steps > MAX_STEPS or n_values > MAX_VALUES:
        raise SessionError(
            f"it is too large for a session: at most {MAX_SESSION_BYTES // 1_000_000} MB, "
            f"{MAX_STEPS:,} interventions and {MAX_VALUES:,} values, got "
            f"{len(text) / 1e6:.3g} MB" + (f", {n_steps:,} interventions" if n_steps else "")
            + f" and {n_values:,} values"
        )  # fmt: skip


def _check_format(number: int) -> None:
    if number > FORMAT:
        raise SessionError(
            f"fireflies: the file has format {number}, made by a newer version of Fireflies; "
            f"this one reads up to {FORMAT}"
        )
    if number < 1:
        raise SessionError(f"fireflies must be the format's number, from 1, got {number}")


def _reason(error: Exception, where: str = "") -> str:
    """What is wrong with a file, in words."""
    if "truncated" in str(error):
        return "it ends in the middle: cut off, or empty"
    return reason_of(error, where)


def _decoded_values(raw: msgspec.Raw) -> dict[str, Any]:
    """The parameters as they stand in the file."""
    try:
        return msgspec.structs.asdict(msgspec.json.decode(raw, type=session_values()))
    except msgspec.MsgspecError as error:
        raise ValueError(_reason(error, "parameters")) from error


def _check_sum(text: bytes, file: _File, values: Mapping[str, Any]) -> None:
    """A file that carries a check sum has to be as it was written; by hand, one has none."""
    if not file.check:
        return
    written, _, last = text.rpartition(b',\n"check":')
    if last.strip() == b'"%s"}' % check_of([written]).encode():
        return  # not even its white space has changed
    found = check_of(_rewritten(file, values))
    if found != file.check:
        raise SessionError(
            f"check: the contents are not those that were saved (their check sum is {found}, "
            f"not {file.check[:8]!r}); to use them as they are, take this field away"
        )


def _rewritten(file: _File, values: Mapping[str, Any]) -> Iterator[bytes]:
    """The file as this program would have written it, piece by piece."""
    yield head_text(Head(file.fireflies, file.version, values_in_session(values)))
    for line in _lines(file):
        yield line_text(line)
    yield tail_text(Tail(file.end, file.flashes, file.digest))


def _lines(file: _File) -> Iterator[SessionLine]:
    """The interventions, one after the other: all at once they may take too much memory."""
    decoder = msgspec.json.Decoder(_line_layout(change_values()))
    most_keys = 8 * len(PARAMETER_FIELDS.live)
    for number, raw in enumerate(file.interventions):
        where = f"interventions[{number}]"
        text = bytes(raw)
        if len(text) > _LONGEST_CHANGE and text.count(b":") > most_keys:
            raise SessionError(f"{where} has more fields than there are parameters")
        try:
            line: SessionLine = decoder.decode(text)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise SessionError(_reason(error, where)) from error
        if line.order != number + 1:
            raise SessionError(f"{where}.order must be {number + 1}, got {line.order}")
        yield line


@functools.lru_cache(maxsize=2)
def _line_layout(change: Any) -> type[Any]:
    """A line whose change is of a type."""
    return msgspec.defstruct("SessionLine", [("change", change, {})], bases=(SessionLine,))


def _understood(file: _File, values: Mapping[str, Any]) -> Session:
    if (n := len(file.interventions)) > MAX_STEPS:
        raise SessionError(f"interventions must be at most {MAX_STEPS:,}, got {n:,}")
    parameters = Parameters(**_values(values, "parameters"))
    if not 0.0 <= file.end <= _MOST_SECONDS:
        raise SessionError(f"end must be from 0 s to {_MOST_SECONDS:g} s, got {file.end!r}")
    digest = file.digest
    if digest is not None and (len(digest) != 64 or set(digest) - set("0123456789abcdef")):
        raise SessionError(f"digest must be 64 hexadecimal digits, got {digest[:70]!r}")
    steps = tuple(
        _understood_step(line, number, file.fireflies) for number, line in enumerate(_lines(file))
    )
    return Session(parameters, steps, file.end, file.flashes, digest, file.version)


def _understood_step(line: SessionLine, number: int, layout: int) -> Step:
    where = f"interventions[{number}]"
    if line.change and line.action is not None:
        raise SessionError(f"{where} must have a change or an action, not both")
    if line.ids and line.action is None:
        raise SessionError(f"{where}.ids must come with an action")
    change = tuple(_values(line.change, f"{where}.change").items())
    action = line.action
    if layout == 1 and action is Action.FLASH_NOW:
        action = Action.FLASH_ROUNDED
    return Step(line.t, change, action, tuple(line.ids))


def _values(values: Mapping[str, Any], where: str) -> dict[str, Value]:
    """Values by name, decoded; unknown names are refused elsewhere."""
    understood = dict(values)
    fields = {each.name: each for each in PARAMETER_FIELDS.in_files}
    for name, value in values.items():
        if name not in fields:
            if isinstance(value, str):
                raise SessionError(f"{where}.{name} must be a number, got {value[:40]!r}")
            continue
        try:
            understood[name] = fields[name].from_file(value)
        except ParameterError as error:
            got = repr(value[:40] if isinstance(value, str) else value)
            raise SessionError(f"{where}.{name} must be {error.allowed}, got {got}") from error
    return understood
