"""What Fireflies needs from a Linux system: find what is missing, install it or say how.

Qt's wheels bring Qt, but not the libraries of the system that Qt itself loads, and
no font. Libraries are looked for by asking the dynamic loader, as Qt will, so this
works on every distribution; only the names of the packages are Debian's.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple


class Need(NamedTuple):
    """One thing the system must have, and the Debian packages it comes in.

    Several packages are names of the same one, the newest distribution's first.
    """

    what: str
    packages: tuple[str, ...]


class NotProvidedError(Exception):
    """The system lacks something, and this script did not or could not install it."""


OFFSCREEN = (
    Need("libGL.so.1", ("libgl1",)),
    Need("libEGL.so.1", ("libegl1",)),
    Need("libxkbcommon.so.0", ("libxkbcommon0",)),
    Need("libdbus-1.so.3", ("libdbus-1-3",)),
    Need("libfontconfig.so.1", ("libfontconfig1",)),
    Need("libglib-2.0.so.0", ("libglib2.0-0t64", "libglib2.0-0")),
)
X11 = (
    Need("libxcb-cursor.so.0", ("libxcb-cursor0",)),
    Need("libxcb-icccm.so.4", ("libxcb-icccm4",)),
    Need("libxcb-keysyms.so.1", ("libxcb-keysyms1",)),
    Need("libxcb-shape.so.0", ("libxcb-shape0",)),
    Need("libxkbcommon-x11.so.0", ("libxkbcommon-x11-0",)),
)
WAYLAND = (
    Need("libwayland-cursor.so.0", ("libwayland-cursor0",)),
    Need("libwayland-egl.so.1", ("libwayland-egl1",)),
)
FONT = Need("a font", ("fonts-dejavu-core",))

FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/X11/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
)
FONT_SUFFIXES = {".ttf", ".otf", ".ttc", ".pfb"}


def missing(*, window: bool) -> list[Need]:
    """Return what Qt lacks here: to draw offscreen, and on the display if `window`."""
    if not sys.platform.startswith("linux"):
        return []
    libraries = list(OFFSCREEN)
    if window and os.environ.get("DISPLAY"):
        libraries += X11
    if window and os.environ.get("WAYLAND_DISPLAY"):
        libraries += WAYLAND
    lacking = [need for need in libraries if not _can_load(need.what)]
    return lacking if _has_font() else [*lacking, FONT]


def provide(needs: Sequence[Need]) -> None:
    """Install `needs` as root on Debian and its kin; elsewhere say what to install.

    Raises
    ------
    NotProvidedError
        When something is still missing; the message says what, and what to do.
    """
    if not needs:
        return
    lacks = "Missing on this system: " + ", ".join(need.what for need in needs)
    unpackaged = [need for need in needs if not need.packages]
    if unpackaged or not (os.path.exists("/etc/debian_version") and shutil.which("apt-get")):
        raise NotProvidedError(f"{lacks}.\nInstall that, then run make again.")
    if os.geteuid() != 0:
        packages = " ".join(_package_names(needs))
        raise NotProvidedError(
            f"{lacks}. This installs it:\n"
            "sudo apt-get update && "
            f"sudo apt-get install -y --no-install-recommends {packages}"
        )
    print(f"{lacks}. Installing it.", flush=True)
    _apt_get("update")
    _apt_get("install", "-y", "--no-install-recommends", *_package_names(needs))


def _can_load(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _has_font() -> bool:
    files = (
        name
        for folder in FONT_FOLDERS
        for _, _, names in os.walk(os.path.expanduser(folder))
        for name in names
    )
    if any(Path(name).suffix.lower() in FONT_SUFFIXES for name in files):
        return True
    # Some systems keep their fonts elsewhere; fontconfig, where it has its tools, knows.
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list"], stdout=subprocess.PIPE, check=False).stdout.strip())


def _package_names(needs: Iterable[Need]) -> list[str]:
    """Return the name each package has on this release."""
    names = []
    for need in needs:
        *newer, name = need.packages
        names.append(next((other for other in newer if _apt_knows(other)), name))
    return names


def _apt_knows(package: str) -> bool:
    shown = subprocess.run(
        ["apt-cache", "show", package],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return shown.returncode == 0


def _apt_get(*arguments: str) -> None:
    command = ["apt-get", "-q", "-o", "Acquire::Retries=3", *arguments]
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    code = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode
    if code != 0:
        raise NotProvidedError(f"{' '.join(command)} failed with exit code {code}, see above.")
