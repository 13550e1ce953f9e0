"""The display that Qt may draw on, found before Qt is loaded: it aborts where it can't open one.

Each platform of Qt is asked in the cheapest way that is sure: an X server by the library
that Qt itself will use, a Wayland compositor at its socket. What nobody knows beforehand,
such as a frame buffer or a platform that doesn't exist, a process of its own tries out.

The set-up asks this as well, with whatever Python it is started by: from 3.8 on.
"""

from __future__ import annotations

import ctypes
import functools
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from gui.system import system_needs

PLATFORM: Final = "QT_QPA_PLATFORM"

_IN_MEMORY: Final = ("offscreen",)
_NOTHING_TO_SEE: Final = ("minimal", "minimalegl", "vkkhrdisplay")
"""Platforms without fonts, or for one picture that fills a screen without a window."""

_OF_THE_SYSTEM: Final = {"win32": ("windows",), "darwin": ("cocoa",)}

LONGEST_ANSWER_S: Final = 10.0
"""Seconds to wait for a display, which may be far away."""

_LONGEST_TRIAL_S: Final = 30.0
_TRIAL: Final = "--try"


class NoDisplayError(Exception):
    """No window can open here; the message says why, as a part of a sentence."""


def use_offscreen() -> None:
    """Let Qt draw into memory, whatever the environment says."""
    if _base(os.environ.get(PLATFORM, "")) != "offscreen":  # it may have arguments
        os.environ[PLATFORM] = "offscreen"


def use_offscreen_unless_told() -> None:
    """Let Qt draw into memory, or on the platform that the environment names if it works."""
    if not os.environ.get(PLATFORM):
        use_offscreen()
        return
    try:
        use_display()
    except (NoDisplayError, system_needs.NotProvidedError):
        use_offscreen()


def use_display() -> None:
    """Let Qt open its windows on the first display that answers.

    Raises
    ------
    NoDisplayError
        None does.
    NotProvidedError
        One does, but libraries are missing that Qt needs for it.
    """
    candidates = _candidates()
    refusals: list[str] = []
    lacking: system_needs.NotProvidedError | None = None
    for platform in candidates:
        if (refusal := refusal_of_platform(platform)) is not None:
            refusals.append(refusal)
            continue
        try:
            _check_libraries(platform)
        except system_needs.NotProvidedError as error:
            lacking = lacking or error
            continue
        if len(candidates) > 1:
            os.environ[PLATFORM] = platform
        return
    if lacking is not None:
        raise lacking
    if candidates:
        raise NoDisplayError("; ".join(refusals))
    if sys.platform not in _OF_THE_SYSTEM:
        raise NoDisplayError("neither DISPLAY nor WAYLAND_DISPLAY is set")


def missing_for(*, window: bool) -> list[system_needs.Need]:
    """What Qt lacks here: to draw into memory, and for each display that answers if `window`."""
    usual = _usual() if window else []
    return system_needs.missing(
        x11="xcb" in usual and _refusal_of_x11() is None,
        wayland="wayland" in usual and _refusal_of_wayland() is None,
    )


def _candidates() -> list[str]:
    """The platforms that Qt would try, in its order; none where only one exists."""
    said = os.environ.get(PLATFORM, "")
    told = [each for each in said.split(";") if each] or [said] * bool(said)
    return told if told or sys.platform in _OF_THE_SYSTEM else _usual()


def _usual() -> list[str]:
    """What Qt tries by default."""
    is_wayland = os.environ.get("XDG_SESSION_TYPE") == "wayland"
    usual = []
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("WAYLAND_SOCKET") or is_wayland:
        usual.append("wayland")
    if os.environ.get("DISPLAY"):
        usual.append("xcb")
    return usual


def refusal_of_platform(platform: str) -> str | None:
    """Why no window opens on a platform, or None if one does."""
    base = _base(platform)
    if base in _IN_MEMORY or base in _OF_THE_SYSTEM.get(sys.platform, ()):
        return None
    refused = f"{PLATFORM} is {platform}, which doesn't open"
    if base in _NOTHING_TO_SEE:
        return f"{PLATFORM} is {platform}, which shows no window"
    if (plugins := platform_plugins()) is not None:
        if base.split("-")[0] not in plugins:
            return f"{PLATFORM} is {platform}, but Qt has {', '.join(plugins)}"
        if base == "xcb":
            return _refusal_of_x11()
        if base.split("-")[0] == "wayland":
            return _refusal_of_wayland()
    return None if opens_elsewhere(platform) else refused


def _base(platform: str) -> str:
    """A platform without its arguments, as Qt reads it."""
    return platform.partition(":")[0].lower()


def platform_plugins() -> list[str] | None:
    """The platforms that Qt has plugins for; None where it isn't laid out as in its wheels."""
    from importlib.util import find_spec

    found = find_spec("PySide6")
    for folder in () if found is None else found.submodule_search_locations or ():
        files = (Path(folder) / "Qt" / "plugins" / "platforms").glob("libq*.so")
        if names := sorted(file.stem[len("libq") :] for file in files):
            return names
    return None


def _refusal_of_x11() -> str | None:
    display = os.environ.get("DISPLAY")
    return refusal_of_display(display) if display else "DISPLAY is not set"


@functools.lru_cache(maxsize=None)
def refusal_of_display(display: str) -> str | None:
    answers: list[bool] = []
    reason = _said_on_stderr(lambda: answers.append(_connects_to_x11()))
    if not answers:
        return f"DISPLAY is {display}, which has not answered for {LONGEST_ANSWER_S:g} s"
    if answers[0]:
        return None
    return f"DISPLAY is {display}, which doesn't open" + (f" ({reason})" if reason else "")


def _connects_to_x11() -> bool:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # it will be named among the libraries that are missing
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    # Not let go of: an X server whose last client leaves may start afresh, for a moment deaf.
    return not xcb.xcb_connection_has_error(connection)


def _said_on_stderr(ask: Callable[[], object]) -> str:
    """Call `ask` in a thread, and wait for it as long as one would; gives its last line.

    The library itself writes there why the X server refuses us.
    """
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    stderr = os.dup(2)
    try:
        os.dup2(writer, 2)
        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(LONGEST_ANSWER_S)
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(writer)
    try:
        said = os.read(reader, 4096).decode(errors="replace").split("\n")
    except BlockingIOError:  # it hangs, and still holds on to nothing of ours
        said = []
    finally:
        os.close(reader)
    return next((line.strip() for line in reversed(said) if line.strip()), "")


def _refusal_of_wayland() -> str | None:
    if os.environ.get("WAYLAND_SOCKET"):
        return None  # already open, and for one client alone
    name = os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
    path = Path(os.environ.get("XDG_RUNTIME_DIR", ""), name)
    if not path.is_absolute():
        return f"WAYLAND_DISPLAY is {name}, but XDG_RUNTIME_DIR is not set"
    with socket.socket(socket.AF_UNIX) as end:
        end.settimeout(LONGEST_ANSWER_S)
        try:
            end.connect(os.fspath(path))
        except OSError:
            return f"WAYLAND_DISPLAY is {name}, which doesn't open"
    return None


def _check_libraries(platform: str) -> None:
    needs: Sequence[system_needs.Need] = system_needs.OFFSCREEN
    if _base(platform) == "xcb":
        needs = [*needs, *system_needs.X11]
    elif _base(platform).startswith("wayland"):
        needs = [*needs, *system_needs.WAYLAND]
    if missing := system_needs.missing_of(needs):
        raise system_needs.NotProvidedError(
            system_needs.how_to_install(missing, "start Fireflies again")
        )


def opens_elsewhere(platform: str) -> bool:
    """Whether a process of its own can open a platform without crashing."""
    from experiments.processes.children import start_child

    nowhere = subprocess.DEVNULL
    try:
        with start_child(
            "gui.system.display", _TRIAL, platform, stdin=nowhere, stdout=nowhere, stderr=nowhere
        ) as child:
            try:
                return child.wait(_LONGEST_TRIAL_S) == 0
            except subprocess.TimeoutExpired:
                child.kill()
                return False
    except OSError:
        return False


def _try_out(platform: str) -> int:
    """Open a platform, which may end the process; 0 if there is a screen to show a window on."""
    if os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ[PLATFORM] = platform
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication(["fireflies"])
    return int(application.primaryScreen() is None)


def main(arguments: Sequence[str]) -> int:
    """For the set-up: 0 if somebody could see a window here; else 1, having said why not."""
    if arguments[:1] == [_TRIAL]:
        return _try_out(arguments[1])
    told = os.environ.get(PLATFORM, "")
    try:
        use_display()
    except NoDisplayError as error:
        reason = str(error)
    except system_needs.NotProvidedError:
        return 0  # the command says it better
    else:
        if _base(told) not in _IN_MEMORY:
            return 0
        reason = f"{PLATFORM} is {told}"
    print(reason)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
