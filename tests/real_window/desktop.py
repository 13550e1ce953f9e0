"""An X server of our own with a window manager, its screen's pixels, and the product on it."""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLibraryInfo

from tests.forked import Child

LIMIT_S = 120.0
"""Longest wait for anything: far more than it takes, for both cores may be busy elsewhere."""

_ROUNDING = 3
"""By how much a channel of a smoothed picture differs, of 255, as Qt clips it."""

_POINTER = 24
"""Pixels of the corner at the lower right where the pointer rests, painted into the picture."""

_LOOK_EVERY_S = 0.02
_XWD_COLOUR_BYTES = 12


class NoDesktopError(Exception):
    """Why there can be no X server here."""


class Desktop:
    """An X server with one screen, and openbox on it.

    Parameters
    ----------
    folder
        Where the server keeps the pixels of its screen: a file mapped into its memory, so that
        what is read there is what a monitor would show.
    size
        Of the screen, such as "1280x720".

    Attributes
    ----------
    display
        Its name, for DISPLAY.
    """

    def __init__(self, folder: Path, size: str) -> None:
        _check_programs()
        self._file = folder / "Xvfb_screen0"
        self._processes: list[subprocess.Popen[bytes]] = []
        read_end, write_end = os.pipe()
        options = ["-noreset", "-fbdir", str(folder), "-screen", "0", f"{size}x24"]
        self._start(["Xvfb", "-displayfd", str(write_end), *options], pass_fds=(write_end,))
        os.close(write_end)
        number = _line_from(read_end)
        os.close(read_end)
        if not number:
            self.close()
            raise NoDesktopError("Xvfb doesn't start here")
        self.display = f":{number}"
        self._start(["openbox", "--sm-disable"], env={**os.environ, "DISPLAY": self.display})
        self.point_away()

    def point_away(self) -> None:
        """Move the pointer to the corner at the lower right, out of the way."""
        self.point("mousemove", 9_999, 9_999)

    def _start(self, words: list[str], **more: Any) -> None:
        quiet = subprocess.DEVNULL
        self._processes.append(
            subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, **more)
        )

    def close(self) -> None:
        """End what was started, the server last."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait(LIMIT_S)

    def pixels(self) -> NDArray[np.uint32]:
        """What is on it now, as 0xRRGGBB, shape ``(height, width)``."""
        with self._file.open("rb") as file:
            header = struct.unpack(">25I", file.read(100))
        begin = header[0] + header[19] * _XWD_COLOUR_BYTES
        width, height, per_row = header[4], header[5], header[12] // 4
        found = np.fromfile(self._file, "<u4", height * per_row, offset=begin).astype(np.uint32)
        return found.reshape(height, per_row)[:, :width] & np.uint32(0xFFFFFF)

    def point(self, *words: object) -> None:
        """Move and press the mouse as xdotool says it: ``mousemove 10 20 click 1``."""
        self._xdotool(*words)

    def press(self, *keys: str) -> None:
        """Press keys, by the names of X11, wherever the keyboard leads."""
        self._xdotool("key", *keys)

    def _xdotool(self, *words: object) -> None:
        subprocess.run(
            ["xdotool", *map(str, words)],
            env={**os.environ, "DISPLAY": self.display},
            check=True,
            timeout=LIMIT_S,
        )


def _check_programs() -> None:
    """Raise if something is missing here that a real window needs."""
    for program in ("Xvfb", "openbox", "xdotool"):
        if shutil.which(program) is None:
            raise NoDesktopError(f"{program} isn't installed")
    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    try:
        ctypes.CDLL(str(plugins / "platforms" / "libqxcb.so"))
    except OSError as error:
        raise NoDesktopError(f"Qt can't show windows on X11 here: {error}") from None


class Product:
    """The command ``fireflies`` in a process of its own, on a screen.

    Parameters
    ----------
    desktop
        Where its window shows.
    folder
        For what it remembers.
    options
        Of the command.
    scale
        Device pixels per pixel of the window.
    """

    def __init__(
        self, desktop: Desktop, folder: Path, options: Sequence[str] = (), scale: float = 1.0
    ) -> None:
        self.desktop = desktop
        self._folder = folder
        places = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_VIDEOS_DIR", "XDG_PICTURES_DIR")
        environment = {
            **os.environ,
            "DISPLAY": desktop.display,
            "QT_QPA_PLATFORM": "xcb",
            "QT_SCALE_FACTOR": str(scale),
            **{name: str(folder) for name in places},
        }
        environment.pop("WAYLAND_DISPLAY", None)
        self._errors = (folder / "stderr").open("w+")
        code = "import sys; from tests.real_window.driver import run; sys.exit(run(sys.argv[1:]))"
        self._process = Child(code, *options, environment=environment, errors=self._errors)
        self.wait_until("window is not None and window.grid.side > 0")

    def do(self, code: str) -> Any:
        """Run Python in it, where ``window`` and ``app`` are known; the last line's value."""
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        line = _line_from(self._process.stdout.fileno())
        assert line, f"no answer to {code!r}; {self.errors()}"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["value"]

    def wait_until(self, code: str) -> None:
        """Wait until an expression is true in it."""
        wait_until(lambda: self.do(code), f"{code}: {self.errors()}")

    def stale(self) -> str:
        """Where the screen differs from what painting everything anew would show, in words.

        Nothing if it doesn't. Each window of the product is compared where no other of its
        windows lies over it, and where it is on the screen: one that is being placed may lie
        beside it for a moment.
        """
        shown = self.do(f"shown({str(self._folder)!r})")
        pixels = self.desktop.pixels()
        free = np.ones(pixels.shape, dtype=bool)
        free[-_POINTER:, -_POINTER:] = False
        for name, (left, top, width, height), frame in reversed(shown):
            above, before = max(0, -top), max(0, -left)
            there = (
                slice(top + above, max(0, top + height)),
                slice(left + before, max(0, left + width)),
            )
            drawn = np.fromfile(self._folder / name, "<u4").reshape(height, width)
            rows, columns = pixels[there].shape
            wanted = drawn[above : above + rows, before : before + columns] & np.uint32(0xFFFFFF)
            differs = _differ(pixels[there], wanted) & free[there]
            if differs.any():
                down, across = np.nonzero(differs)
                return (
                    f"{len(down):,} pixels of {name}, {across.min()} to {across.max()} across "
                    f"and {down.min()} to {down.max()} down"
                )
            x, y, w, h = frame
            free[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)] = False
        return ""

    def wait_until_whole(self) -> None:
        """Wait until the screen shows what painting everything anew would."""
        end = time.monotonic() + LIMIT_S
        while words := self.stale():
            assert time.monotonic() < end, f"old pixels on the screen: {words}"
            time.sleep(_LOOK_EVERY_S)

    def errors(self) -> str:
        """What it has said on stderr so far."""
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> int:
        """Close its window; the exit code."""
        if self._process.poll() is None:
            self.do("window.close()")
        return self._process.wait(LIMIT_S)

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait(LIMIT_S)
        self._process.close()
        self._errors.close()


def _differ(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Where colours differ by more than Qt rounds those of a smoothed picture, by its clip."""
    differs = np.zeros(one.shape, dtype=bool)
    for shift in (0, 8, 16):
        low = np.uint32(shift)
        ours, theirs = (((each >> low) & np.uint32(0xFF)).astype(np.int16) for each in (one, other))
        differs |= np.abs(ours - theirs) > _ROUNDING
    return differs


def wait_until(is_so: Callable[[], object], words: str) -> None:
    """Wait for a condition, with a limit that only a failure reaches."""
    end = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < end, f"not within {LIMIT_S:g} s: {words}"
        time.sleep(_LOOK_EVERY_S)


def _line_from(descriptor: int) -> str:
    """A line, without its end; nothing if none comes."""
    line = b""
    end = time.monotonic() + LIMIT_S
    while not line.endswith(b"\n"):
        if not select.select([descriptor], [], [], max(0.0, end - time.monotonic()))[0]:
            return ""
        byte = os.read(descriptor, 1)
        if not byte:
            return ""
        line += byte
    return line.decode().strip()
