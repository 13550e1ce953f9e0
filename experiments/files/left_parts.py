"""Unfinished files that killed processes left: whose they are, and how they are removed."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from experiments.processes.process_identity import beginning_of, system_identity

_NAME: Final = re.compile(r"\.([0-9a-f]{8})-([0-9a-f]{8})-([0-9]+)-([0-9]+)-[0-9a-f]{8}\.part")
"""Of the target, of the machine's start and its process numbers; number and beginning of the
process; anything."""


def name_of_part(target: Path) -> str:
    """A new name for the replacement of a file; short, however long the file's own is."""
    pid = os.getpid()
    begun = beginning_of(pid) or "0"
    return (
        f".{_short(os.fsencode(target.name))}-{_this_system()}-{pid}-{begun}"
        f"-{secrets.token_hex(4)}.part"
    )


def sweep_parts(target: Path) -> None:
    """Remove what killed processes left beside a file that they were replacing.

    Only what certainly has no owner: files of this user, made since this machine started, by a
    process that is gone. Other systems than Linux can't tell, so there everything stays.
    """
    boot, space = system_identity()
    if not boot or not space:
        return
    wanted = (_short(os.fsencode(target.name)), _this_system())
    with suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            found = _NAME.fullmatch(entry.name)
            if found is None or found.groups()[:2] != wanted:
                continue
            if beginning_of(int(found[3])) != found[4] and _is_own_file(entry):
                with suppress(OSError):
                    os.unlink(entry.path)


def _is_own_file(entry: os.DirEntry[str]) -> bool:
    """Where /proc hides the processes of other users, theirs seem to be gone."""
    with suppress(OSError):
        status = entry.stat(follow_symlinks=False)
        return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
    return False


def _this_system() -> str:
    return _short("\n".join(system_identity()).encode())


def _short(text: bytes) -> str:
    return hashlib.blake2s(text, digest_size=4).hexdigest()
