"""System needs: what Fireflies needs from Linux; what is missing is installed, or said how to be.

Qt's wheels bring Qt, but not the libraries of the system that Qt itself loads, and
no font. Libraries are looked for by asking the dynamic loader, as Qt will, so this
works on every distribution; only the names of the packages are Debian's.

The set-up uses this as well, with whatever Python it is started by: from 3.8 on.
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
    """The system lacks something, and it was not or could not be installed."""


OFFSCREEN = (
    Need("libGL.so.1", ("libgl1",)),
    Need("libEGL.so.1", ("libegl1",)),
    Need("libX11.so.6", ("libx11-6",)),
    Need("libxkbcommon.so.0", ("libxkbcommon0",)),
    Need("libdbus-1.so.3", ("libdbus-1-3",)),
    Need("libfontconfig.so.1", ("libfontconfig1",)),
    Need("libfreetype.so.6", ("libfreetype6",)),
    Need("libglib-2.0.so.0", ("libglib2.0-0t64", "libglib2.0-0")),
    Need("libgthread-2.0.so.0", ("libglib2.0-0t64", "libglib2.0-0")),
    Need("libz.so.1", ("zlib1g",)),
    Need("libzstd.so.1", ("libzstd1",)),
)
X11 = (
    Need("libxcb.so.1", ("libxcb1",)),
    Need("libxcb-cursor.so.0", ("libxcb-cursor0",)),
    Need("libxcb-icccm.so.4", ("libxcb-icccm4",)),
    Need("libxcb-image.so.0", ("libxcb-image0",)),
    Need("libxcb-keysyms.so.1", ("libxcb-keysyms1",)),
    Need("libxcb-randr.so.0", ("libxcb-randr0",)),
    Need("libxcb-render.so.0", ("libxcb-render0",)),
    Need("libxcb-render-util.so.0", ("libxcb-render-util0",)),
    Need("libxcb-shape.so.0", ("libxcb-shape0",)),
    Need("libxcb-shm.so.0", ("libxcb-shm0",)),
    Need("libxcb-sync.so.1", ("libxcb-sync1",)),
    Need("libxcb-util.so.1", ("libxcb-util1",)),
    Need("libxcb-xfixes.so.0", ("libxcb-xfixes0",)),
    Need("libxcb-xkb.so.1", ("libxcb-xkb1",)),
    Need("libX11-xcb.so.1", ("libx11-xcb1",)),
    Need("libxkbcommon-x11.so.0", ("libxkbcommon-x11-0",)),
)
WAYLAND = (
    Need("libwayland-client.so.0", ("libwayland-client0",)),
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


def missing(*, x11: bool, wayland: bool) -> list[Need]:
    """Return what Qt lacks here: to draw into memory, and on displays of either kind."""
    libraries = [*OFFSCREEN, *(X11 if x11 else ()), *(WAYLAND if wayland else ())]
    lacking = missing_of(libraries)
    if not sys.platform.startswith("linux") or has_font():
        return lacking
    return [*lacking, FONT]


def missing_of(libraries: Iterable[Need]) -> list[Need]:
    """Return those of `libraries` that can't be loaded here; elsewhere than on Linux, none."""
    if not sys.platform.startswith("linux"):
        return []
    return [need for need in libraries if not can_load(need.what)]


def provide(needs: Sequence[Need], and_then: str) -> None:
    """Install `needs` as root on Debian and its kin; elsewhere say what to install.

    Parameters
    ----------
    needs
        What is missing; it may be nothing.
    and_then
        What to do once it is there, if it has to be installed by hand.

    Raises
    ------
    NotProvidedError
        When something is still missing; the message says what, and what to do.
    """
    if not needs:
        return
    if not _has_packages(needs) or os.geteuid() != 0:
        raise NotProvidedError(how_to_install(needs, and_then))
    print(f"{_lacks(needs)}. Installing it.", flush=True)
    _apt_get("update")
    _apt_get("install", "-y", "--no-install-recommends", *_package_names(needs))


def how_to_install(needs: Sequence[Need], and_then: str) -> str:
    """Return what is missing, and below it the line that installs it, if that is known.

    Parameters
    ----------
    needs
        What is missing, at least one.
    and_then
        What to do once it is there.
    """
    if not _has_packages(needs):
        return f"{_lacks(needs)}.\nInstall that, then {and_then}."
    sudo = "" if os.geteuid() == 0 else "sudo "
    packages = " ".join(_package_names(needs))
    return (
        f"{_lacks(needs)}. This installs it:\n{sudo}apt-get update && "
        f"{sudo}apt-get install -y --no-install-recommends {packages}"
    )


def _lacks(needs: Sequence[Need]) -> str:
    return "Missing on this system: " + ", ".join(need.what for need in needs)


def _has_packages(needs: Sequence[Need]) -> bool:
    """Whether this is Debian or its kin, and has packages for all."""
    is_debian = os.path.exists("/etc/debian_version") and bool(shutil.which("apt-get"))
    return is_debian and all(need.packages for need in needs)


def can_load(soname: str) -> bool:
    """Return whether the dynamic loader finds a library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Return whether there is any font that Qt could draw text with."""
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
    """Return the name each package has on this release, each once."""
    names = {}
    for need in needs:
        *newer, name = need.packages
        names[next((other for other in newer if _apt_knows(other)), name)] = True
    return list(names)


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
