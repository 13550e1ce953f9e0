"""The places of what is kept for this user, and what is wrong with them."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from pathlib import Path

from experiments import in_place_of, make_folder

logger = logging.getLogger(__name__)


def place_of_user(find: Callable[[], Path]) -> Path:
    """A folder of this user, as `find` of platformdirs gives it.

    Raises
    ------
    OSError
        There is no home.
    """
    try:
        path = find()
    except RuntimeError:
        path = Path()
    if not path.is_absolute():  # what older versions return: it would be a folder called ``~``
        raise OSError(errno.ENOENT, "this user has no home folder, and HOME is not set")
    return path


class Places:
    """Looks for places, and tells what is wrong with them: each thing once, in one sentence.

    Parameters
    ----------
    tell
        Called by :meth:`report` with each sentence.
    """

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._wrong: dict[str, list[str]] = {}

    def find(self, what: str, place: Callable[[], Path]) -> Path | None:
        """The place for `what`, or None if there is none."""
        try:
            return place()
        except OSError as error:
            self._note(what, error)
            return None

    def check(self, what: str, path: Path) -> bool:
        """Whether a file for `what` can be written; the folders above it are made."""
        try:
            make_folder(path.parent)
            with in_place_of(path, must_take_place=False):
                return True
        except OSError as error:
            self._note(what, error)
            return False

    def report(self) -> None:
        """Tell all that is wrong, and write it to the log."""
        for reason, what in self._wrong.items():
            words = f"{' and '.join(what).capitalize()} can't be kept: {reason}"
            logger.warning("%s", words)
            self._tell(words)
        self._wrong.clear()

    def _note(self, what: str, error: OSError) -> None:
        where = f"{error.filename}: " if error.filename else ""
        self._wrong.setdefault(f"{where}{error.strerror}", []).append(what)
