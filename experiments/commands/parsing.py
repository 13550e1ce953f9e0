"""Parsers of this program's commands, and what all of them print and refuse alike."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from cascade.option_parser import OptionParser
from cascade.standard_output import write_error, write_out
from experiments.files.whole_file import in_place_of
from experiments.model.kinds import read_number

MAX_SECONDS: Final = 1e9
DURATION_LIMITS: Final = f"> 0 s and <= {MAX_SECONDS:.0e} s"


class OneLineParser(OptionParser):
    """Says what is wrong in exactly one line on stderr, and exits with 2."""

    def parse_known_args(self, args: Any, namespace: Any = None) -> Any:  # type: ignore[override]
        """Parse; what follows an option for a file is its name, even with a leading dash.

        After ``--`` come no options; where nothing else is taken either, argparse wouldn't
        even take the dashes.
        """
        given = self._with_names_joined(args)
        if "--" in given and not self._get_positional_actions():
            end = given.index("--")
            if given[end + 1 :]:
                self._refuse_unknown("argument", " ".join(given[end + 1 :]))
            del given[end]
        return super().parse_known_args(given, namespace)

    def _with_names_joined(self, given: Sequence[str]) -> list[str]:
        """Write ``-o -x.mp4`` as ``-o=-x.mp4``: to argparse it is two options.

        If the second is an option of ours, a name is missing.
        """
        joined: list[str] = []
        known, rest = self._option_string_actions, iter(given)
        for each in rest:
            joined.append(each)
            if each == "--":
                break
            if each not in known or "FILE" not in str(known[each].metavar):
                continue
            name = next(rest, "--")
            if name == "--":
                self.error(f"{each}: expected one argument")
            if name.startswith("-") and name.partition("=")[0] not in known:
                joined[-1] += f"={name}" if each.startswith("--") else name
            else:
                joined.append(name)
        return [*joined, *rest]

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        flat = " ".join(message.split()).removeprefix("argument ").replace(": must", " must", 1)
        if flat.startswith("unrecognized arguments:"):
            unknown = flat.split(": ", 1)[1]
            self._refuse_unknown("option" if unknown.startswith("-") else "argument", unknown)
        self.exit(2, f"{self.prog}: {flat}\n")

    def _refuse_unknown(self, kind: str, unknown: str) -> NoReturn:
        known = sorted(o for o in self._option_string_actions if o.startswith("--"))
        words = f"unknown {kind} {' '.join(unknown.split())}; allowed: {' '.join(known)}"
        self.exit(2, f"{self.prog}: {words}\n")


def print_report(prog: str, report: Mapping[str, Any], indent: int | None = 2) -> int:
    """Print figures as one JSON object on stdout; gives the exit code."""
    return 0 if write_out(prog, json.dumps(report, indent=indent) + "\n") else 1


def number(text: str) -> float:
    """A number, written plainly; nan and inf are for the validation to refuse."""
    try:
        return read_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be {error}, got '{text}'") from None


def duration(text: str) -> float:
    """A positive, finite number of seconds."""
    value = number(text)
    if not 0 < value <= MAX_SECONDS:
        raise argparse.ArgumentTypeError(f"must be {DURATION_LIMITS}, got '{text}'")
    return value


def fail(parser: argparse.ArgumentParser, sentence: str) -> int:
    """Say on stderr what went wrong once it ran; gives the exit code."""
    write_error(f"{parser.prog}: {' '.join(sentence.split())}\n")
    return 1


def check_writable(parser: argparse.ArgumentParser, option: str, path: Path) -> None:
    """Refuse a file that couldn't be written whole, before anything runs."""
    try:
        with in_place_of(path, must_take_place=False):
            pass
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        parser.error(f"{option} {path} can't be written: {getattr(error, 'strerror', error)}")
