"""The identity of a process: what tells it from all others, even later ones of the same number."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def system_identity() -> tuple[str, str]:
    """Which start of which machine this is, and which space of process numbers.

    Both are empty where that can't be known: elsewhere than on Linux.
    """
    boot = space = ""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        space = os.readlink("/proc/self/ns/pid")
    return boot, space


def beginning_of(pid: int) -> str:
    """When a process began, in ticks since the machine did; empty if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
