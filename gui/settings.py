"""What the window remembers from one time to the next: a file that may be lost or damaged."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
import platformdirs

from experiments import write_whole
from gui.models.look import LARGEST_SCALE, SMALLEST_SCALE
from gui.models.recording import RecordingChoice

_MAX_BYTES: Final = 100_000
_LONGEST_SIDE: Final = 20_000

_Pixels = Annotated[int, msgspec.Meta(ge=1, le=_LONGEST_SIDE)]
_Scale = Annotated[float, msgspec.Meta(ge=SMALLEST_SCALE, le=LARGEST_SCALE)]

logger = logging.getLogger(__name__)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered.

    Attributes
    ----------
    width, height
        Of the window when it is not maximised, pixels; None as long as nobody has seen it.
    is_maximized
        Whether it filled the screen.
    arrangement
        Where the panels were, as Qt writes it.
    theme, is_calm, text_scale
        See :class:`~gui.models.look.Look`.
    preset
        Name or file of the preset opened last; empty if none was.
    recording
        How recordings are made.
    """

    width: _Pixels | None = None
    height: _Pixels | None = None
    is_maximized: bool = False
    arrangement: bytes = b""
    theme: Literal["system", "night", "day"] = "system"
    is_calm: bool = False
    text_scale: _Scale = 1.0
    preset: str = ""
    recording: RecordingChoice = RecordingChoice()


def settings_path() -> Path:
    """Where the settings of this user are."""
    return platformdirs.user_config_path("fireflies", appauthor=False) / "settings.json"


def load_settings(path: Path) -> Settings:
    """What is remembered there; the defaults if nothing is, or if it is damaged."""
    try:
        with path.open("rb") as file:
            contents = file.read(_MAX_BYTES + 1)
        if len(contents) > _MAX_BYTES:
            raise msgspec.ValidationError("too long")
        return msgspec.json.decode(contents, type=Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError) as error:
        logger.info("Settings in %s are ignored: %s", path, error)
        return Settings()


def save_settings(path: Path, settings: Settings) -> None:
    """Remember, whole or not at all; where that can't be done, a line in the log says so."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.format(msgspec.json.encode(settings)))
    except OSError as error:
        logger.info("Settings in %s couldn't be saved: %s", path, error)
