"""The kinds of parameters that are one value: numbers, whole numbers and choices."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, ParamSpec

from experiments.model.fields import Bound, ParameterError, ParameterField, Value

P = ParamSpec("P")

_NUMBER: Final = re.compile(
    r"[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|nan|inf)", re.IGNORECASE
)
_WHOLE_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}")


def read_number(text: str) -> float:
    """A number, written plainly; nan and inf are for the validation to refuse.

    Raises
    ------
    ValueError
        It is none; says what is allowed.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError("a number")
    value = float(text)
    if math.isinf(value) and "inf" not in text.lower():
        raise ValueError("a number of at most 1e308")
    return value


@dataclass(kw_only=True, eq=False)
class RangedField(ParameterField):
    """Numbers between two bounds, `low` and `high`."""

    low: Bound
    high: Bound

    def __post_init__(self) -> None:
        super().__post_init__()
        self.others = (*self.low.others, *self.high.others)

    def from_file(self, value: Value) -> Value:
        """No word is a number."""
        if isinstance(value, (str, list, tuple)):
            raise ParameterError(self.name, value, "a number")
        return value

    def is_beyond(self, value: float) -> bool:
        """Whether a number is out of bounds whatever the other parameters are."""
        low, high = self.low, self.high
        is_low = not low.others and (
            value < low.value({}) or (low.is_open and value == low.value({}))
        )
        is_high = not high.others and (
            value > high.value({}) or (high.is_open and value == high.value({}))
        )
        return is_low or is_high or math.isnan(value)

    def _is_inside(self, value: float, values: Mapping[str, Value]) -> bool:
        if self.high.leaves_zero(values):
            return value == 0
        low, high = self.low.value(values), self.high.value(values)
        is_high = value > low if self.low.is_open else value >= low
        return is_high and (value < high if self.high.is_open else value <= high)


@dataclass(kw_only=True, eq=False)
class NumberField(RangedField):
    """A number.

    Attributes
    ----------
    max_means
        What infinity, written ``max``, stands for; empty if it is not allowed.
    """

    max_means: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.scale is not None and self.max_means:
            self.scale = replace(self.scale, ends_in_max=True)

    @property
    def type_in_files(self) -> Any:
        """A number, or ``max`` where it is allowed."""
        return float | str if self.max_means else float

    @property
    def placeholder(self) -> str:
        """Of the unit, or ``max`` where it is allowed."""
        return f"{self.unit.placeholder}|max" if self.max_means else self.unit.placeholder

    @property
    def limits(self) -> str:
        """As in a refusal, without the values of others."""
        words = self._allowed(None)
        return f"F{words[1:]} for {self.max_means}" if self.max_means else words

    def understood(self, value: Value) -> float:
        """Any number as a float."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ParameterError(self.name, value, "a number")
        try:
            return float(value)
        except OverflowError:
            raise ParameterError(self.name, value, "a number of at most 1e308") from None

    def check(self, value: float, values: Mapping[str, Value]) -> None:
        """Refuse what is out of bounds."""
        if not self._is_inside(value, values) and not (self.max_means and value == math.inf):
            beside = next(iter(self.others), None)
            raise ParameterError(self.name, value, self._allowed(values), beside)

    def parsed(self, text: str) -> float:
        """A number written plainly, or ``max``; bounds are for :meth:`check`."""
        if self.max_means and text == "max":
            return math.inf
        try:
            value = read_number(text)
        except ValueError as error:
            allowed = self._allowed(None) if self.max_means else str(error)
            raise ParameterError(self.name, text, allowed) from None
        if self.max_means and not math.isfinite(value):
            raise ParameterError(self.name, text, self._allowed(None))
        return value

    def in_file(self, value: float) -> float | str:
        """Infinity is ``max``."""
        return "max" if value == math.inf else value

    def from_file(self, value: float | str) -> float:
        """The word ``max`` is infinity, where it is allowed."""
        if not self.max_means or not isinstance(value, str):
            return float(super().from_file(value))
        if value != "max":
            raise ParameterError(self.name, value, "a number or 'max'")
        return math.inf

    def text(self, value: float) -> str:
        """As short as it can be read back."""
        return super().text(value).removesuffix(".0")

    def _allowed(self, values: Mapping[str, Value] | None) -> str:
        if self.max_means:
            return f"from {self.low.limit:g} to {self.high.limit:g}, or max"
        low, high = (self._limit_text(bound, values) for bound in (self.low, self.high))
        if self.unit.is_word:
            low = low.removesuffix(f" {self.unit.symbol}")
        least = ">" if self.low.is_open else ">="
        most = "<" if self.high.is_open else "<="
        under = self.high.zero_under
        if under is None or not (values is None or self.high.leaves_zero(values)):
            return f"{least} {low} and {most} {high}"
        return f"{least} {low} and {most} {high}, or 0 where that is under {self.shown(under)}"


@dataclass(kw_only=True, eq=False)
class WholeField(RangedField):
    """A whole number; closed bounds.

    Attributes
    ----------
    usual_most
        What is allowed without ``--allow-large``; None for all that is allowed.
    """

    usual_most: int | None = None

    @property
    def type_in_files(self) -> Any:
        """A whole number."""
        return int

    @property
    def limits(self) -> str:
        """As in a refusal."""
        return f"From {self._range(None, 'with')}"

    def understood(self, value: Value) -> int:
        """A whole number within those bounds that are numbers."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise ParameterError(self.name, value, self._allowed(None))
        if not self.others:
            self.check(value, {})
        return value

    def check(self, value: int, values: Mapping[str, Value]) -> None:
        """Refuse what is out of bounds."""
        if not self._is_inside(value, values):
            beside = next(iter(self.others), None)
            raise ParameterError(
                self.name, value, self._allowed(values if self.others else None), beside
            )

    def parsed(self, text: str) -> int:
        """A whole number written plainly, within those bounds that are numbers."""
        value = int(text) if _WHOLE_NUMBER.fullmatch(text) else None
        if value is None or not (self.others or self._is_inside(value, {})):
            low, high = (self._limit_text(bound, None) for bound in (self.low, self.high))
            raise ParameterError(self.name, text, f"a whole number from {low} to {high}")
        return value

    def at_slider(self, value: float) -> int:
        """The nearest whole number."""
        return round(value)

    def shown(self, value: float) -> str:
        """With all its digits, or as the power of two that it is one less than."""
        bits = int(value).bit_length()
        return f"2^{bits} - 1" if value == 2**bits - 1 and bits > 32 else f"{value:d}"

    def _allowed(self, values: Mapping[str, Value] | None) -> str:
        return f"a whole number from {self._range(values, 'or with')}"

    def _range(self, values: Mapping[str, Value] | None, otherwise: str) -> str:
        low, high = (self._limit_text(bound, values) for bound in (self.low, self.high))
        if self.usual_most is None:
            return f"{low} to {high}"
        return f"{low} to {self.usual_most}, {otherwise} --allow-large to {high}"


@dataclass(kw_only=True, eq=False)
class ChoiceField(ParameterField):
    """One of some words.

    Attributes
    ----------
    options
        What they stand for, by word; may grow. As long as there is but one, nothing is offered.
        One that doesn't go with everything has a method ``check_beside(values)``, which raises
        :class:`ParameterError`.
    beside
        The parameters beside which not every one of them is allowed.
    called
        What people call some of them beside a word of another choice, by name and word of that.
    """

    options: Mapping[str, object]
    beside: tuple[str, ...] = ()
    called: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.others = self.beside

    @property
    def is_offered(self) -> bool:
        """Whether there are two."""
        return len(self.options) > 1

    @property
    def type_in_files(self) -> Any:
        """Text."""
        return str

    @property
    def placeholder(self) -> str:
        """All of them."""
        return "|".join(self.options)

    @property
    def limits(self) -> str:
        """All of them."""
        return f"One of {', '.join(self.options)}"

    def understood(self, value: Value) -> str:
        """A word that there is."""
        if not isinstance(value, str) or value not in self.options:
            raise ParameterError(self.name, value, f"one of {', '.join(self.options)}")
        return value

    def check(self, value: str, values: Mapping[str, Value]) -> None:
        """Refuse a word that there isn't, and what it stands for beside what it can't be with."""
        check_beside = getattr(self.options[self.understood(value)], "check_beside", None)
        if check_beside is not None:  # a look at a protocol takes longer than all other checks
            check_beside(values)

    def calls(self, values: Mapping[str, Value]) -> dict[str, str]:
        """What people call each of them beside other values: itself, if nothing else is said."""
        calls = {word: word for word in self.options}
        for (other, word), called in self.called.items():
            if values[other] == word:
                calls.update(called)
        return calls

    def parsed(self, text: str) -> str:
        """A word that there is."""
        return self.understood(text)

    def shown(self, value: Value) -> str:
        """The word."""
        return str(value)


def declares(kind: Callable[P, ParameterField]) -> Callable[P, Any]:
    """To type checkers what is declared is the value, as with :func:`dataclasses.field`."""
    return kind


number: Final = declares(NumberField)
whole_number: Final = declares(WholeField)
choice: Final = declares(ChoiceField)
