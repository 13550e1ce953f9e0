"""Constants made from parameters once, and kept with them: other platforms may round otherwise."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, Final

from experiments.model.fields import ParameterError, ParameterField, Value, finite_number

_DIGITS: Final = 50
_NEARNESS: Final = 1e-9
"""How far what is kept may be from what is made, relatively: rounding, and nothing else."""


@dataclass(kw_only=True, eq=False)
class ConstantField(ParameterField):
    """Numbers that are made from other parameters; what a session holds of them wins.

    Attributes
    ----------
    make
        Makes them from the values of what they depend on.
    made_of
        The names of these.
    """

    make: Callable[..., Value]
    made_of: tuple[str, ...]

    @property
    def is_offered(self) -> bool:
        """Never."""
        return False

    @property
    def type_in_files(self) -> Any:
        """A number or several, to be looked into by :meth:`settled`."""
        return float | tuple[Any, ...]

    @property
    def limits(self) -> str:
        """What it is made of."""
        return f"What {' and '.join(self.made_of)} make of it"

    def understood(self, value: Value) -> Value:
        """A number, some numbers, or nothing: then it is made."""
        try:
            if isinstance(value, (list, tuple)):
                return tuple(map(finite_number, value))
            return None if value is None else finite_number(value)
        except ValueError:
            raise ParameterError(self.name, value, "a number, or some") from None

    def check(self, value: Value, values: Mapping[str, Value]) -> None:
        """Refuse what is not what the others make, but for rounding."""
        if value is None or not self.is_used(values):
            return
        made = self.make(*(values[name] for name in self.made_of))
        if not _are_near(value, made):
            raise ParameterError(
                self.name, value, f"what {' and '.join(self.made_of)} make of it, {made!r}"
            )

    def check_change(self, value: Value, names: Collection[str]) -> None:
        """Refuse a change that names it, and nothing that it follows from: it would do nothing."""
        if not {*self.made_of, *self.only_for[:1]}.intersection(names):
            made_of = " or ".join(self.made_of)
            raise ParameterError(self.name, value, f"changed beside {made_of}, of which it is made")

    def settled(self, values: Mapping[str, Value]) -> Value:
        """What is kept, or what is made now; None where it isn't used."""
        if not self.is_used(values):
            return None
        kept = values[self.name]
        return self.make(*(values[name] for name in self.made_of)) if kept is None else kept

    def in_file(self, value: Value) -> Value:
        """Several numbers as a list."""
        return list(value) if isinstance(value, tuple) else value

    def parsed(self, text: str) -> Value:
        """Nothing: it is not on a command line."""
        raise ParameterError(self.name, text, "left out")


def _are_near(one: Value, other: Value) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_are_near, one, other))
    if isinstance(one, tuple) or isinstance(other, tuple):
        return False
    return math.isclose(one, other, rel_tol=_NEARNESS, abs_tol=1e-300)


def made_of_others(
    *,
    default: None,
    make: Callable[..., Value],
    made_of: tuple[str, ...],
    only_for: tuple[str, tuple[str, ...]],
) -> Any:
    """Declare a constant; to type checkers it is the value."""
    return ConstantField(
        default=default, label="", sentence="", make=make, made_of=made_of, only_for=only_for
    )


def charging_slope(b: float, eps: float) -> float:
    """``e^(b eps)``, correctly rounded: what a pulse multiplies a phase by.

    Parameters
    ----------
    b
        How much the charging curve ``f(phi) = ln(1 + (e^b - 1) phi) / b`` bends, > 0.
    eps
        By how much a pulse lifts the state.
    """
    product = _exactly(b, eps)
    return float(_context(b, product).exp(product))


def charging_step(b: float, eps: float) -> float:
    """``(e^(b eps) - 1) / (e^b - 1)``, correctly rounded: what a pulse adds, in periods.

    Parameters are those of :func:`charging_slope`.
    """
    product = _exactly(b, eps)
    context = _context(b, product)
    rise = context.subtract(context.exp(product), Decimal(1))
    return float(context.divide(rise, context.subtract(context.exp(Decimal(b)), Decimal(1))))


def slopes_of(points: tuple[tuple[float, float], ...]) -> tuple[float, ...]:
    """The slope of each piece of a line through some points of rising x."""
    ends = itertools.pairwise(points)
    return tuple((y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in ends)


def _context(b: float, product: Decimal) -> Context:
    """Digits enough for what is left of an exponential when 1 is taken away."""
    lost = max(0, -Decimal(b).adjusted(), -product.adjusted())
    return Context(prec=_DIGITS + 2 * lost)


def _exactly(b: float, eps: float) -> Decimal:
    """Their product, without rounding."""
    return Context(prec=2_000).multiply(Decimal(b), Decimal(eps))
