"""Values that are declared: one field each in the body of a class, and no second place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn, Self, dataclass_transform

from experiments.model.constants import ConstantField, made_of_others
from experiments.model.fields import ParameterError, ParameterField, Value
from experiments.model.kinds import choice, number, whole_number
from experiments.model.points import points
from experiments.model.registry import Registry


class ParameterFields(Registry[ParameterField]):
    """What is declared of parameters, by name and in order.

    A field that is added here is a parameter everywhere. A choice as long as there is
    nothing to choose is left out of what is iterated and counted: it has its default.
    """

    _constants: tuple[ConstantField, ...] | None = None  # looked up at each look at parameters

    def add(self, declaration: ParameterField) -> None:
        """Add a parameter; see :meth:`Registry.add`."""
        super().add(declaration)
        declaration.registry = self
        self._constants = None

    def remove(self, name: str) -> None:
        """Remove a parameter; see :meth:`Registry.remove`."""
        super().remove(name)
        self._constants = None

    def __iter__(self) -> Iterator[str]:
        return (field.name for field in self.all() if field.is_offered)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return any(name == each for each in self)

    def all(self) -> list[ParameterField]:
        """All of them, those included that leave nothing to choose."""
        return [self[name] for name in super().__iter__()]

    @property
    def constants(self) -> tuple[ConstantField, ...]:
        """What is made from others and kept with them; it is not offered."""
        if self._constants is None:
            self._constants = tuple(each for each in self.all() if isinstance(each, ConstantField))
        return self._constants

    @property
    def in_files(self) -> tuple[ParameterField, ...]:
        """What sessions hold: all that is offered, and what was made from it."""
        return (*self.values(), *self.constants)

    @property
    def live(self) -> tuple[str, ...]:
        """Those that take effect at once."""
        return tuple(name for name, field in self.items() if not field.restarts)

    @property
    def restarting(self) -> tuple[str, ...]:
        """Those that need a new swarm."""
        return tuple(name for name, field in self.items() if field.restarts)

    @property
    def of_run(self) -> tuple[str, ...]:
        """Those that change what happens, and not only what is seen of it."""
        return tuple(name for name, field in self.items() if field.shapes_run)

    def affected(self, names: Iterable[str]) -> list[ParameterField]:
        """Those whose values may be allowed no more when some have changed."""
        changed = set(names)
        return [f for f in self.all() if f.name in changed or not changed.isdisjoint(f.others)]


@dataclass_transform(
    kw_only_default=True,
    frozen_default=True,
    field_specifiers=(number, whole_number, choice, points, made_of_others),
)
class DeclaredValues:
    """Frozen values, checked one by one and then together; see :class:`Parameters`."""

    fields: ParameterFields

    def __init_subclass__(cls, fields: ParameterFields) -> None:
        cls.fields = fields
        for name, declared in vars(cls).items():
            if isinstance(declared, ParameterField):
                declared.name = name
                fields.add(declared)

    def __init__(self, **values: Any) -> None:
        fields, own = self.fields.all(), vars(self)
        if unknown := values.keys() - {field.name for field in fields}:
            raise TypeError(f"there is no parameter {', '.join(sorted(unknown))}")
        for field in sorted(fields, key=lambda each: not each.restarts):
            own[field.name] = field.understood(values.get(field.name, field.default))
        for field in fields:
            field.check(own[field.name], own)
        for each in self.fields.constants:
            own[each.name] = each.settled(own)

    def replace(self, **values: Any) -> Self:
        """These values with some changed, checked as a set.

        What is made from others is made anew where these change, unless it is given.

        Raises
        ------
        ParameterError
            The set is not allowed, or there is none of a name.
        """
        constants = {each.name: each for each in self.fields.constants}
        for name, value in values.items():
            if name not in self.fields and name not in constants:
                raise ParameterError(name, value, f"one of {', '.join(self.fields)}")
        kept = self.values()
        for name, each in constants.items():
            if any(values.get(other, kept.get(other)) != kept.get(other) for other in each.made_of):
                kept.pop(name, None)
        return type(self)(**{**kept, **values})

    def constants(self) -> dict[str, Value]:
        """What was made from the values, by name: what is used, and nothing else."""
        made = {each.name: getattr(self, each.name) for each in self.fields.constants}
        return {name: value for name, value in made.items() if value is not None}

    def values(self) -> dict[str, Value]:
        """The values by name, and the constants."""
        return {name: getattr(self, name) for name in self.fields} | self.constants()

    def as_dict(self) -> dict[str, Value]:
        """The values by name as files have them, what needn't be said left out."""
        values = self.values()
        return {
            each.name: each.in_file(values[each.name])
            for each in self.fields.in_files
            if each.needs_writing(values.get(each.name))
        }

    if not TYPE_CHECKING:  # to which there are the attributes of the class, and no others

        def __getattr__(self, name: str) -> Value:
            """The default of a parameter that was declared after these were made."""
            if name not in self.fields:
                raise AttributeError(f"there is no parameter {name}")
            return self.fields[name].default

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} are frozen; replace() makes others")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} are frozen; replace() makes others")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        own, others = vars(self), vars(other)
        if own.keys() == others.keys():  # unless something was declared in between
            return own == others
        return self.values() == other.values()

    def __hash__(self) -> int:
        return hash(tuple(self.values().values()))

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.values().items())
        return f"{type(self).__name__}({told})"
