"""``cs.cli``: a command line for a workflow, made of its Params."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from cascade.errors import ParameterMissingError, ParameterTypeError
from cascade.graph.shape import survey
from cascade.runtime.engine import Engine
from cascade.runtime.script import run
from cascade.runtime.target import as_target
from cascade.spec.lazy import Lazy
from cascade.spec.param import REQUIRED, Param

if TYPE_CHECKING:
    from cascade.option_parser import OptionParser

_WORDS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
_UNREADABLE: Final = frozenset({list, tuple, dict, set, frozenset, object})


def cli(
    target: Lazy | list[Any] | tuple[Any, ...],
    *,
    description: str | None = None,
    engine: Engine | None = None,
) -> Callable[..., Any]:
    """A command line that runs `target`, with an option for each of its Params.

    ::

        main = cs.cli(report(cs.Param("year", type=int, description="which year")))
        if __name__ == "__main__":
            main()                       # python report.py --year 2024

    Parameters
    ----------
    target
        What to run.
    description
        Text above the options in ``--help``.
    engine
        Engine to run it on; by default a new one.

    Returns
    -------
    callable
        Takes the arguments (by default those of the process), prints the
        result unless it is None, and gives it. Wrong arguments are told in one
        line and end the process with status 2, as everywhere; so is a value
        that is missing, of a Param or an Env.

    Raises
    ------
    TypeError
        The target can't be run, two Params of one name differ, two would be
        the same option, or one is not of a type that can be read from text:
        str, int, float, bool, or another class that takes a string. Of several
        (``int | str``) the first counts that can read it; None is what an option
        that is left out gives, if it is the default.
    """
    from cascade.option_parser import OptionParser  # argparse, for those alone who need it
    from cascade.standard_output import write_out

    lazy = as_target(target)
    params = _params_of(lazy)
    parser = OptionParser(description=description)
    taken = {"--help": "help"}
    for number, param in enumerate(params):
        flag = "--" + re.sub(r"[\W_]+", "-", param.name)
        if flag in taken:
            raise TypeError(f"Params '{taken[flag]}' and '{param.name}' would both be {flag}")
        taken[flag] = param.name
        _add_option(parser, param, flag, f"option_{number}")

    def main(argv: Sequence[str] | None = None) -> Any:
        given = vars(parser.parse_args(argv))
        values = {
            param.name: given[f"option_{number}"]
            for number, param in enumerate(params)
            if given[f"option_{number}"] is not None
        }
        try:
            result = run(lazy, values, engine=engine)
        except ParameterMissingError as missing:
            parser.error(str(missing))
        if result is not None and not write_out(parser.prog, f"{result}\n"):
            parser.exit(1)
        return result

    return main


def _params_of(target: Lazy) -> list[Param[Any]]:
    """The Params that `target` needs, each name once."""
    found: dict[str, Param[Any]] = {}
    for lazy in survey(target).instances:
        if isinstance(lazy, Param):
            known = found.setdefault(lazy.name, lazy)
            if (known.type, known.default) != (lazy.type, lazy.default):
                raise TypeError(f"two Params named '{lazy.name}' differ in type or default")
    return list(found.values())


def _add_option(parser: OptionParser, param: Param[Any], flag: str, dest: str) -> None:
    is_required = param.default is REQUIRED
    classes = [each for each in param.classes if each is not type(None)]
    if not param.classes:
        known = not is_required and param.default is not None
        classes = [type(param.default) if known else str]
    if not classes or not _UNREADABLE.isdisjoint(classes):
        raise TypeError(f"parameter '{param.name}' of type {param.type} can't be read from a text")
    words = param.description
    if not is_required:
        words = f"{words} (default: {param.default!r})".strip()
    parser.add_argument(
        flag,
        dest=dest,
        type=_reader(param, classes),
        required=is_required,
        metavar="|".join(each.__name__ for each in classes).upper(),
        help=words.replace("%", "%%"),
    )


def _reader(param: Param[Any], classes: Sequence[type]) -> Callable[[str], Any]:
    """Reads the text of an option as a value of the Param, as the first class that can."""

    def read(text: str) -> Any:
        failure: Exception = ValueError(text)
        for each in classes:
            try:
                value = _read_as(each, text)
                param.value_in({param.name: value})
                return value
            except (TypeError, ValueError) as error:
                failure = error
        if isinstance(failure, ParameterTypeError):
            from argparse import ArgumentTypeError

            raise ArgumentTypeError(str(failure)) from None
        raise failure

    read.__name__ = " or ".join(each.__name__ for each in classes)  # "invalid int value: 'x'"
    return read


def _read_as(expected: type, text: str) -> Any:
    if expected is not bool:
        return expected(text)
    if text.lower() not in _WORDS:
        raise ValueError(text)
    return _WORDS[text.lower()]
