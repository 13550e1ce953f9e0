"""The option parser: it takes every number as one, and prints to any kind of stream."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cascade.standard_output import write_error, write_out

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_NEGATIVE_NUMBER: Final = re.compile(r"-(\.?\d|(inf|infinity|nan)$)", re.IGNORECASE)


class OptionParser(argparse.ArgumentParser):
    """An ``ArgumentParser`` without abbreviations.

    Of ``--nudge -1e-3`` argparse says that an argument is missing: to it -1e-3, -10.
    and -inf are options (before Python 3.14 even more is). Here what begins as a
    negative number does is a value, for the option's type to take or to refuse.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)
        self._negative_number_matcher = _NEGATIVE_NUMBER
        self._is_read = True

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End the process; the code is 1 if the help has not reached its reader."""
        has_written = write_out(self.prog) and self._is_read
        super().exit(status if has_written else status or 1, message)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Print help to stdout, and what is wrong to stderr."""
        if file is None:  # a process without that stream
            return
        if file is sys.stdout:
            self._is_read = write_out(self.prog, message) and self._is_read
        elif file is sys.stderr:
            write_error(message)
        else:
            file.write(message)
