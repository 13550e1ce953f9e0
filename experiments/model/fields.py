"""The field of a parameter: what is declared of it, whatever its kind."""

from __future__ import annotations

import enum
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from experiments.model.scale import Scale

Value: TypeAlias = Any
"""A parameter's value: a number, a word or points, as its kind says."""

_MOST_BITS: Final = 128
_MOST_ITEMS: Final = 200
_LONGEST_SHOWN: Final = 200


class ParameterError(ValueError):
    """A parameter has a value that is not allowed.

    Attributes
    ----------
    name, value
        The parameter, and the value refused.
    allowed
        What is allowed, in words with units.
    beside
        The other parameter that sets the limit, if one does.
    """

    def __init__(self, name: str, value: object, allowed: str, beside: str | None = None) -> None:
        super().__init__(f"{name} must be {allowed}, got {_shown(value)}")
        self.name = name
        self.value = value
        self.allowed = allowed
        self.beside = beside


def _shown(value: object) -> str:
    """The repr of a refused value, cut off if it is too long."""
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return "a far larger number" if value > 0 else "a far smaller number"
    # The repr of very much would take long itself.
    some = value[:_MOST_ITEMS] if isinstance(value, (str, bytes, list, tuple)) else value
    shown = repr(some)
    is_cut = some is not value and some != value
    return f"{shown[:_LONGEST_SHOWN]}..." if is_cut or len(shown) > _LONGEST_SHOWN else shown


def finite_number(value: object) -> float:
    """A number as a float.

    Raises
    ------
    ValueError
        It is none, or too large for one.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("a number")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError("a number of at most 1e308") from None
    if not math.isfinite(number):
        raise ValueError("a finite number")
    return number


class Effect(enum.Enum):
    """What a change of a parameter changes."""

    RUN = "what happens"
    PICTURE = "the picture alone"
    PACE = "how fast it is shown"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts.

    Attributes
    ----------
    symbol
        Written after the value; empty for what is only counted.
    meaning
        What it is, for readers of a file.
    placeholder
        What stands for a value in the help of a command line.
    is_word
        Whether it is a word, written once for two limits.
    gap
        What separates it from the number in the window.
    """

    symbol: str
    meaning: str
    placeholder: str = "N"
    is_word: bool = False
    gap: str = " "

    def after(self, number: str) -> str:
        """A number with its unit, as the window has it."""
        return f"{number}{self.gap}{self.symbol}".rstrip()


SECONDS: Final = Unit("s", "s of virtual time", "S")
PERIODS: Final = Unit("period", "periods", is_word=True)
TIMES_REAL_TIME: Final = Unit("x", "s of virtual time per s", gap="")
NO_UNIT: Final = Unit("", "none")


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that follows from several parameters.

    Attributes
    ----------
    of
        Gives it from their values.
    others
        Their names; it has the unit of the first.
    noun
        What a sentence calls it where it is not the first itself.
    """

    of: Callable[..., float]
    others: tuple[str, ...]
    noun: str

    def value(self, values: Mapping[str, Value]) -> float:
        """Where it is, beside the other values."""
        return self.of(*(values[name] for name in self.others))


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of what is allowed: a number, another parameter by its name, or what follows.

    Attributes
    ----------
    limit
        Where it is.
    is_open
        Whether it is not allowed itself.
    zero_under
        Where it is less than this, 0 is allowed and nothing else.
    """

    limit: float | str | Limit
    is_open: bool = False
    zero_under: float | None = None

    @property
    def others(self) -> tuple[str, ...]:
        """The parameters that it depends on."""
        if isinstance(self.limit, Limit):
            return self.limit.others
        return (self.limit,) if isinstance(self.limit, str) else ()

    def value(self, values: Mapping[str, Value]) -> float:
        """Where it is, beside the other values."""
        if isinstance(self.limit, Limit):
            return self.limit.value(values)
        return values[self.limit] if isinstance(self.limit, str) else self.limit

    def leaves_zero(self, values: Mapping[str, Value]) -> bool:
        """Whether 0 is all that is allowed, beside the other values."""
        return self.zero_under is not None and self.value(values) < self.zero_under


def at_least(limit: float | str | Limit) -> Bound:
    """A lower bound that is allowed itself."""
    return Bound(limit)


def above(limit: float | str | Limit) -> Bound:
    """A lower bound that is not allowed itself."""
    return Bound(limit, is_open=True)


at_most, below = at_least, above
"""Upper bounds, allowed and not."""


def below_or_zero(limit: str, under: float) -> Bound:
    """An upper bound that is not allowed itself; 0 alone is allowed where it is under a number."""
    return Bound(limit, is_open=True, zero_under=under)


@dataclass(kw_only=True, eq=False)
class ParameterField(ABC):
    """A parameter, declared; derived classes are its kinds.

    Whatever takes parameters is made from this: checks and refusals, options and help of the
    command line, files, sliders, captions and the table in ``docs/model.md``.

    Attributes
    ----------
    name
        In code, in files and, as `option`, on the command line; that of the attribute where it
        is declared in the body of a class.
    default
        Its value if nothing else is said.
    label
        Its name for people, beside its control.
    noun
        What a sentence calls it; the label in small letters if not given.
    sentence
        What it does to the fireflies; goes on from its noun.
    restarts
        Whether a new value needs a new swarm.
    effect
        What a new value changes.
    unit
        Of its numbers.
    scale
        How its values lie along a slider; None if it has none.
    registry
        What else is declared, by name; given by the registry.
    is_always_written
        Whether files have it also where it is the default: so it is with those that the first
        layouts had. Check sums are over what is written.
    only_for
        The choice that it matters for, and the words of that choice; empty if for all.
    others
        Names of the parameters that limit it.
    """

    default: Value
    label: str
    sentence: str
    noun: str = ""
    restarts: bool = False
    effect: Effect = Effect.RUN
    unit: Unit = NO_UNIT
    scale: Scale | None = None
    is_always_written: bool = False
    only_for: tuple[str, tuple[str, ...]] | tuple[()] = ()
    name: str = ""
    registry: Mapping[str, ParameterField] = field(init=False, repr=False)
    others: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        self.noun = self.noun or self.label.lower()

    @property
    def option(self) -> str:
        """Its option on the command line."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def description(self) -> str:
        """One sentence about it."""
        return f"{self.noun.capitalize()}: {self.sentence}"

    @property
    def shapes_run(self) -> bool:
        """Whether it changes what happens, and not only what is seen of it."""
        return self.effect is Effect.RUN

    @property
    def is_offered(self) -> bool:
        """Whether there is anything to choose."""
        return True

    def needs_writing(self, value: Value) -> bool:
        """Whether a file that doesn't have it would mean something else, or looks incomplete."""
        return self.is_always_written or value != self.default

    def is_used(self, values: Mapping[str, Value]) -> bool:
        """Whether it makes a difference beside the other values."""
        return not self.only_for or values[self.only_for[0]] in self.only_for[1]

    @property
    def placeholder(self) -> str:
        """What stands for a value in the help of a command line."""
        return self.unit.placeholder

    @property
    @abstractmethod
    def type_in_files(self) -> Any:
        """What the decoder of a file takes for it."""

    @property
    @abstractmethod
    def limits(self) -> str:
        """What is allowed, whatever the other parameters are; for help."""

    @abstractmethod
    def understood(self, value: Value) -> Value:
        """A value of the right kind; :class:`ParameterError` if it is none."""

    @abstractmethod
    def check(self, value: Value, values: Mapping[str, Value]) -> None:
        """Refuse an understood value that is not allowed beside all others, by name."""

    @abstractmethod
    def parsed(self, text: str) -> Value:
        """The value that a word on a command line means; :class:`ParameterError` if none."""

    def at_slider(self, value: float) -> Value:
        """The value that a slider means."""
        return value

    def in_file(self, value: Value) -> Value:
        """A value as files have it."""
        return value

    def from_file(self, value: Value) -> Value:
        """The value that a file means; :class:`ParameterError` if it is none."""
        return value

    def text(self, value: Value) -> str:
        """A value as a command line has it."""
        return str(self.in_file(value))

    def shown(self, value: float) -> str:
        """A number as limits and defaults have it, with its unit."""
        return f"{value:g} {self.unit.symbol}".rstrip()

    def _limit_text(self, bound: Bound, values: Mapping[str, Value] | None) -> str:
        """A limit with its unit; another parameter by its noun, and its value if known."""
        if isinstance(bound.limit, (int, float)):
            return self.shown(bound.limit)
        other = self.registry[bound.others[0]]
        noun = other.noun
        if values is None:
            return f"the {bound.limit.noun if isinstance(bound.limit, Limit) else noun}"
        limit = bound.value(values)
        if isinstance(bound.limit, Limit) and limit != values[other.name]:
            noun = bound.limit.noun
        return f"the {noun} ({other.shown(limit)})"
