"""Settings: what the window remembers from one time to the next, in a file that may be damaged."""

from __future__ import annotations

import logging
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
import platformdirs

from experiments import (
    MissingFileError,
    StrangeFileError,
    followed,
    make_folder,
    one_line,
    plain_text,
    read_bounded,
    reason_of,
    write_whole,
)
from gui.kept.places import place_of_user
from gui.models.brush import NARROWEST, WIDEST, WIDTH_AT_FIRST
from gui.models.look import LARGEST_SCALE, SMALLEST_SCALE
from gui.models.recent_run import MOST_RECENT, RecentRun
from gui.models.recording import RecordingChoice

_MAX_BYTES: Final = 100_000
_LONGEST_SIDE: Final = 20_000
_LONGEST_PATH: Final = 4_096
_MOST_KINDS: Final = 16
_MOST_PRESETS: Final = 50

_Pixels = Annotated[int, msgspec.Meta(ge=1, le=_LONGEST_SIDE)]
_Folder = Annotated[str, msgspec.Meta(min_length=1, max_length=_LONGEST_PATH)]
_Folders = Annotated[dict[str, _Folder], msgspec.Meta(max_length=_MOST_KINDS)]
_Files = Annotated[tuple[_Folder, ...], msgspec.Meta(max_length=_MOST_PRESETS)]
_Recent = Annotated[tuple[RecentRun, ...], msgspec.Meta(max_length=MOST_RECENT)]
_Cells = Annotated[int, msgspec.Meta(ge=NARROWEST, le=WIDEST)]
_Scale = Annotated[float, msgspec.Meta(ge=SMALLEST_SCALE, le=LARGEST_SCALE)]

logger = logging.getLogger(__name__)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered.

    Attributes
    ----------
    width, height
        Of the window when it is not maximised, pixels; None if it has never been shown.
    is_maximized
        Whether it filled the screen.
    arrangement
        Where the panels were, as Qt writes it.
    theme, is_calm, drawing, text_scale, brush_width, shape
        See :class:`~gui.models.look.Look`.
    preset
        Name or file of the preset opened last; empty if none was.
    recording
        How recordings are made.
    has_caption
        Whether the grid alone has the caption of recordings below it.
    presets
        Files of the user's own presets in the gallery, the latest first.
    recent
        The runs saved or opened last.
    folders
        The last folder of each kind of file, see :mod:`~gui.models.file_kinds`.
    """

    width: _Pixels | None = None
    height: _Pixels | None = None
    is_maximized: bool = False
    arrangement: bytes = b""
    theme: Literal["system", "night", "day"] = "system"
    is_calm: bool = False
    drawing: Literal["lights", "tiles"] = "lights"
    text_scale: _Scale = 1.0
    brush_width: _Cells = WIDTH_AT_FIRST
    shape: Literal["free", "line", "rectangle", "fill"] = "free"
    preset: str = ""
    recording: RecordingChoice = RecordingChoice()
    has_caption: bool = False
    presets: _Files = ()
    folders: _Folders = {}
    recent: _Recent = ()


class _File(Settings, frozen=True, kw_only=True):
    """Layout of the file. Qt crashes on some damaged arrangements, so they have a check sum."""

    arrangement_check: str = ""


def settings_path() -> Path:
    """Where the settings of this user are.

    Raises
    ------
    OSError
        There is no home.
    """
    config = place_of_user(lambda: platformdirs.user_config_path("fireflies", appauthor=False))
    return config / "settings.json"


def pictures_path(what: str) -> Path:
    """Where pictures are, of this user's own ``presets`` or of ``recent`` runs.

    Raises
    ------
    OSError
        There is no home.
    """
    state = place_of_user(lambda: platformdirs.user_state_path("fireflies", appauthor=False))
    return state / what


def load_settings(path: Path, tell: Callable[[str], object] = lambda _: None) -> Settings:
    """What is remembered there; the defaults if nothing is, or if it is damaged.

    Parameters
    ----------
    path
        The file. A damaged one is kept beside it, as ``settings.json.bad``.
    tell
        Called with a sentence if nothing could be made of it.
    """
    try:
        contents = read_bounded(path, _MAX_BYTES, "settings")
    except MissingFileError:
        return Settings()
    except StrangeFileError as error:
        _report(f"Nothing is remembered of the last time: {error}", tell)
        return Settings()
    try:
        return _understood(plain_text(contents))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        reason = reason_of(error)
        kept = _put_aside(path)
        where = f" (kept as {kept})" if kept is not None else ""
        _report(f"Nothing is remembered of the last time: {path} is damaged{where}: {reason}", tell)
        return Settings()


def can_be_remembered(name: str) -> bool:
    """Whether the name of a file or a folder is text, and no longer than any path."""
    try:
        return len(name.encode()) <= _LONGEST_PATH
    except UnicodeEncodeError:  # bytes of a file system that are no text
        return False


def save_settings(path: Path, settings: Settings) -> None:
    """Remember, whole or not at all; where that can't be done, a line in the log says so."""
    check = _check_of(settings.arrangement)
    file = _File(**msgspec.structs.asdict(settings), arrangement_check=check)
    try:
        make_folder(path.parent)
        write_whole(path, msgspec.json.format(msgspec.json.encode(file)))
    except OSError as error:
        logger.info("Settings in %s couldn't be saved: %s", path, error)


def _understood(text: bytes) -> Settings:
    file = msgspec.json.decode(text, type=_File)
    values = {name: getattr(file, name) for name in Settings.__struct_fields__}
    if file.arrangement_check != _check_of(file.arrangement):
        if file.arrangement_check:
            raise ValueError("the arrangement of the panels is not the one that was saved")
        values["arrangement"] = b""  # from a version that had no sums
    return Settings(**values)


def _check_of(arrangement: bytes) -> str:
    return f"{zlib.crc32(arrangement):08x}"


def _put_aside(path: Path) -> Path | None:
    """Keep a damaged file aside in case it can be saved; returns where, or None."""
    real = followed(path)
    kept = real.with_name(f"{real.name}.bad")
    try:
        os.replace(real, kept)
    except OSError as error:
        logger.info("Settings in %s couldn't be put aside: %s", path, error)
        return None
    return kept


def _report(sentence: str, tell: Callable[[str], object]) -> None:
    words = one_line(sentence)
    logger.warning("%s", words)
    tell(words)
