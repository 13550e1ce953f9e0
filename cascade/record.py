"""Records: frozen values with named fields, which cost next to nothing to declare.

To whoever uses them they are dataclasses, ``frozen`` and with ``slots``: type checkers and
:mod:`dataclasses` take them for such. But ``@dataclass`` writes and compiles six methods for
each class while its module is imported, which was a quarter of the time that importing
cascade took. Records share theirs; only ``__init__`` is one of each class, compiled when it
is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from reprlib import recursive_repr
from typing import Any, Final, NoReturn, TypeVar, dataclass_transform

R = TypeVar("R", bound="Record")

_NO_DEFAULT: Final = object()


class _Later:
    """Stands for an attribute of a record's class until that is asked for."""

    def __init__(self, make: Callable[[Any, str], Any]) -> None:
        self._make = make

    def __set_name__(self, _cls: type, name: str) -> None:
        self._name = name

    def __get__(self, record: object, cls: type) -> Any:
        type.__setattr__(cls, self._name, self._make(cls, self._name))
        return getattr(cls if record is None else record, self._name)


def _compile_init(cls: Any, _: str) -> Any:
    """As ``@dataclass`` does it, but with the slots' own setters."""
    known: dict[str, Any] = {"__name__": cls.__module__}
    parameters = ["_self", "*"] if cls._is_kw_only and cls._defaults else ["_self"]
    body = ["pass"]
    for name, default in cls._defaults.items():
        parameters.append(name if default is _NO_DEFAULT else f"{name}=_default_{name}")
        body.append(f"_set_{name}(_self, {name})")
        known |= {f"_default_{name}": default, f"_set_{name}": getattr(cls, name).__set__}
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body), known)
    init = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {**cls._annotations, "return": "None"}
    return init


def _of_dataclass(cls: Any, attribute: str) -> Any:
    """An attribute of a dataclass that is declared alike."""
    import dataclasses  # for those alone who need it

    def field_of(default: Any) -> Any:
        if default is _NO_DEFAULT:
            return dataclasses.field(kw_only=cls._is_kw_only)
        return dataclasses.field(default_factory=lambda: default, kw_only=cls._is_kw_only)

    fields = [
        (name, cls._annotations[name], field_of(default)) for name, default in cls._defaults.items()
    ]
    return getattr(dataclasses.make_dataclass(cls.__name__, fields, frozen=True), attribute)


@dataclass_transform(frozen_default=True)
class _RecordType(type):
    """Makes fields of what a record's class annotates, and slots of the fields.

    A class that doesn't say whether it is `kw_only` is left as it is written: it adds no
    fields, or ``@dataclass`` will see to them.
    """

    def __new__(
        cls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        kw_only: bool | None = None,
    ) -> _RecordType:
        if kw_only is not None:
            own = namespace.get("__annotations__", {})
            defaults: dict[str, Any] = {}
            annotations: dict[str, Any] = {}
            for base in bases:
                defaults |= getattr(base, "_defaults", {})
                annotations |= getattr(base, "_annotations", {})
            defaults |= {field: namespace.pop(field, _NO_DEFAULT) for field in own}
            namespace |= {
                "__slots__": tuple(own),
                "__match_args__": () if kw_only else tuple(defaults),
                "__init__": _Later(_compile_init),
                "__dataclass_fields__": _Later(_of_dataclass),
                "__dataclass_params__": _Later(_of_dataclass),
                "_defaults": defaults,
                "_annotations": annotations | own,
                "_is_kw_only": kw_only,
            }
        return super().__new__(cls, name, bases, namespace)

    def __init__(
        cls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        kw_only: bool | None = None,
    ) -> None:
        super().__init__(name, bases, namespace)


class Record(metaclass=_RecordType, kw_only=False):
    """Base of records. ``class Point(Record, kw_only=True)`` annotates its fields, no more.

    They come after those of its base; `kw_only` says whether all of them are taken by name.
    The module has to have ``from __future__ import annotations``.
    """

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _values(self) == _values(other)

    def __hash__(self) -> int:
        return hash(_values(self))

    @recursive_repr()
    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in _items(self))
        return f"{type(self).__qualname__}({values})"

    def __setattr__(self, name: str, value: object) -> None:
        _refuse(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        _refuse(f"cannot delete field {name!r}")

    def __getstate__(self) -> Any:
        return _values(self)

    def __setstate__(self, state: Any) -> None:
        for name, value in zip(type(self)._defaults, state, strict=True):  # type: ignore[attr-defined]
            object.__setattr__(self, name, value)

    def __replace__(self: R, /, **changes: Any) -> R:
        return changed(self, **changes)


def changed(record: R, **changes: Any) -> R:
    """A record that differs in some fields."""
    return type(record)(**dict(_items(record)) | changes)


def _items(record: Any) -> list[tuple[str, Any]]:
    return [(name, getattr(record, name)) for name in record._defaults]


def _values(record: Any) -> tuple[Any, ...]:
    return tuple([getattr(record, name) for name in record._defaults])


def _refuse(what: str) -> NoReturn:
    from dataclasses import FrozenInstanceError  # for those alone who try

    raise FrozenInstanceError(what)
