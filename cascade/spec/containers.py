"""Containers: which values can have lazy values inside, and how they are filled in.

What can be taken apart are the containers of Python itself, named tuples and
dataclasses, nested in any way. Some of them can't be made anew with other contents
(a set has no order, a subclass of list may keep more than its items), and classes of msgspec,
attrs and pydantic have rules of their own: lazy values in those are refused by name. Any
other object is taken as it is: nobody knows its parts.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from cascade.spec.constant import Constant
from cascade.spec.inject import Inject
from cascade.spec.lazy import Lazy

MAX_LEARNED: Final = 1024

BUILT_IN: Final = frozenset(
    {type(None), bool, int, float, complex, str, bytes, bytearray, range, type, types.FunctionType}
)
"""Classes of Python whose values hold no others."""

PLAIN: Final[set[type]] = set(BUILT_IN)
"""Classes whose values have nothing to fill in: Python's, and others as they are met."""

WHOLE: Final[set[type]] = set(BUILT_IN)
"""Classes whose values are not containers: those of ``PLAIN``, and the lazy ones."""


class Kind:
    """How the containers of one class are looked into, and made anew.

    Attributes
    ----------
    parts
        What can be filled in, of a container; always in the same order.
    hidden
        What is in it too, and can't be filled in, such as the keys of a dict.
    remake
        Makes one like a container, of other parts.
    where
        What `hidden` is, in words.
    """

    __slots__ = ("hidden", "parts", "remake", "where")

    def __init__(
        self,
        parts: Callable[[Any], Collection[Any]],
        hidden: Callable[[Any], Collection[Any]],
        remake: Callable[[Any, list[Any]], Any],
        where: str,
    ) -> None:
        self.parts = parts
        self.hidden = hidden
        self.remake = remake
        self.where = where


LAZY: Final = Kind(lambda _: (), lambda _: (), lambda value, _: value, "a lazy value")
"""Not a container: what is to be filled in itself."""

CONSTANT: Final = Kind(
    lambda value: (value.value,), lambda _: (), lambda _, parts: Constant(*parts), "a constant"
)
"""Only the columns of a map take it."""


def kind_of(cls: type) -> Kind | None:
    """How to look into values of a class, :data:`LAZY`, or None if there is nothing to see."""
    if cls in PLAIN:
        return None
    kind = _kind_of(cls)
    if (kind is None or kind is LAZY) and cls not in WHOLE:
        if len(WHOLE) >= MAX_LEARNED:  # classes that come and go are not kept for ever
            PLAIN.clear()
            WHOLE.clear()
            PLAIN.update(BUILT_IN)
            WHOLE.update(BUILT_IN)
        WHOLE.add(cls)
        if kind is None:
            PLAIN.add(cls)
    return kind


def find_lazy(value: object) -> Lazy | Inject | None:
    """What is still to be filled in, of a value or anywhere inside it; None if nothing is."""
    seen: dict[int, object] = {}  # kept, so that no id comes twice
    pending: list[Collection[Any]] = [(value,)]
    for inside in pending:  # grows while read
        if PLAIN.issuperset(map(type, inside)):
            continue
        for item in inside:
            kind = kind_of(type(item))
            if kind is LAZY:
                assert isinstance(item, (Lazy, Inject))
                return item
            if kind is not None and id(item) not in seen:
                seen[id(item)] = item
                pending += (kind.parts(item), kind.hidden(item))
    return None


def refuse_hidden(value: object, whose: str) -> None:
    """Refuse lazy values where they can't be filled in.

    Parameters
    ----------
    value
        What may be a container, or hold some.
    whose
        To whom it is given, for the error.

    Raises
    ------
    TypeError
        There is one in it.
    """
    seen = {id(value): value}
    pending = [value]
    for container in pending:  # grows while read
        kind = kind_of(type(container))
        if kind is None or kind is LAZY:
            continue
        refuse_hidden_in(container, kind, whose)
        parts = kind.parts(container)
        if WHOLE.issuperset(map(type, parts)):
            continue
        for part in parts:
            if type(part) not in WHOLE and id(part) not in seen:
                seen[id(part)] = part
                pending.append(part)


def refuse_hidden_in(container: object, kind: Kind, whose: str) -> None:
    """The same, for one container without those in it."""
    if kind is CONSTANT:
        raise TypeError(
            f"{whose}: {container!r} is for the columns of a map: pass the value itself"
        )
    hidden = kind.hidden(container)
    if PLAIN.issuperset(map(type, hidden)):
        return
    lazy = find_lazy([*hidden])
    if lazy is not None:
        raise TypeError(
            f"{whose}: {kind.where} can't hold lazy values, got {lazy!r}: "
            "use a plain list, tuple or dict"
        )


# -- the kinds --------------------------------------------------------------------------


def _nothing(_: object) -> Collection[Any]:
    return ()


def _refused(parts: Callable[[Any], Collection[Any]], where: str) -> Kind:
    return Kind(_nothing, parts, lambda value, _: value, where)


def _mapping(remake: Callable[[Any, dict[Any, Any]], Any], name: str) -> Kind:
    return Kind(
        lambda value: value.values(),
        lambda value: value.keys(),
        lambda value, parts: remake(value, dict(zip(value, parts, strict=True))),
        f"the keys of {name}",
    )


_SLICE: Final = Kind(
    lambda value: (value.start, value.stop, value.step),
    _nothing,
    lambda _, parts: slice(*parts),
    "a slice",
)

_EXACT: Final[dict[type, Kind]] = {
    list: Kind(lambda value: value, _nothing, lambda _, parts: parts, "a list"),
    tuple: Kind(lambda value: value, _nothing, lambda _, parts: tuple(parts), "a tuple"),
    dict: _mapping(lambda _, filled: filled, "a dict"),
    OrderedDict: _mapping(lambda _, filled: OrderedDict(filled), "an OrderedDict"),
    defaultdict: _mapping(
        lambda value, filled: defaultdict(value.default_factory, filled), "a defaultdict"
    ),
    Counter: _mapping(lambda _, filled: Counter(filled), "a Counter"),
    types.MappingProxyType: _mapping(
        lambda _, filled: types.MappingProxyType(filled), "a mappingproxy"
    ),
    deque: Kind(list, _nothing, lambda value, parts: deque(parts, value.maxlen), "a deque"),
    ChainMap: Kind(
        lambda value: value.maps, _nothing, lambda _, parts: ChainMap(*parts), "a ChainMap"
    ),
    slice: _SLICE,
    set: _refused(list, "a set"),
    frozenset: _refused(list, "a frozenset"),
    type({}.keys()): _refused(list, "a view of a dict"),
    type({}.values()): _refused(list, "a view of a dict"),
    type({}.items()): _refused(list, "a view of a dict"),
    functools.partial: _refused(
        lambda value: (value.func, *value.args, *value.keywords.values()), "a partial"
    ),
    types.SimpleNamespace: _refused(lambda value: list(vars(value).values()), "a SimpleNamespace"),
}

_STORED: Final[tuple[tuple[type, Callable[[Any], Collection[Any]]], ...]] = (
    (tuple, lambda value: list(tuple.__iter__(value))),
    (list, lambda value: list(list.__iter__(value))),
    (dict, lambda value: [*dict.__iter__(value), *dict.values(value)]),
    (set, lambda value: list(set.__iter__(value))),
    (frozenset, lambda value: list(frozenset.__iter__(value))),
    (deque, lambda value: list(deque.__iter__(value))),
    (UserList, lambda value: list(value.data)),
    (UserDict, lambda value: [*value.data, *value.data.values()]),
    (ChainMap, lambda value: list(value.maps)),
    (functools.partial, lambda value: (value.func, *value.args, *value.keywords.values())),
)
"""What is in an instance of a subclass, past all methods that the subclass may have changed."""


@functools.lru_cache(maxsize=MAX_LEARNED)
def _kind_of(cls: type) -> Kind | None:
    exact = _EXACT.get(cls)
    if exact is not None:
        return exact
    if issubclass(cls, (Lazy, Inject)):
        return LAZY
    if issubclass(cls, Constant):
        return CONSTANT
    if _is_plain_namedtuple(cls):
        return Kind(lambda value: value, _nothing, _remake_namedtuple, cls.__qualname__)
    for base, stored in _STORED:
        if issubclass(cls, base):
            name = cls.__qualname__
            where = f"a {name}" if cls is base else f"{name}, a subclass of {base.__name__},"
            return _refused(stored, where)
    if hasattr(cls, "__dataclass_fields__"):
        return _dataclass(cls)
    if names := _declared_elsewhere(cls):
        return _refused(_getter(names), f"{cls.__qualname__}, which is not a dataclass,")
    return None


def _is_plain_namedtuple(cls: type) -> bool:
    """Whether it is a named tuple that is made of its fields and of nothing else."""
    owner: Any = next((base for base in cls.__mro__ if "_fields" in vars(base)), None)
    return (
        owner is not None
        and issubclass(cls, tuple)
        and callable(getattr(cls, "_make", None))
        and cls.__new__ is owner.__new__
        and cls.__init__ is object.__init__
    )


def _remake_namedtuple(value: Any, parts: list[Any]) -> Any:
    made = type(value)._make(parts)
    if attributes := getattr(value, "__dict__", None):
        made.__dict__.update(attributes)
    return made


def _dataclass(cls: Any) -> Kind:
    """A dataclass is made anew by its constructor, as ``dataclasses.replace`` does."""
    import dataclasses  # for those alone who have one

    names = [field.name for field in dataclasses.fields(cls) if field.init]
    others = [field.name for field in dataclasses.fields(cls) if not field.init]
    where = f"{cls.__qualname__}, whose constructor takes more or less than its fields,"
    if not _takes_just(cls, names):
        return _refused(_reader(cls, [*names, *others]), where)
    read = _reader(cls, names)

    def remake(value: Any, parts: list[Any]) -> Any:
        old = zip(names, read(value), parts, strict=True)
        return dataclasses.replace(
            value, **{name: new for name, before, new in old if new is not before}
        )

    where = f"a field of {cls.__qualname__} that its constructor doesn't take"
    return Kind(read, _reader(cls, others), remake, where)


def _declared_elsewhere(cls: type) -> list[str]:
    """The fields of a class of msgspec, attrs or pydantic; none if it isn't one."""
    names: object = getattr(cls, "__struct_fields__", ())
    names = names or [getattr(each, "name", None) for each in getattr(cls, "__attrs_attrs__", ())]
    names = names or getattr(cls, "__pydantic_fields__", ())
    if not isinstance(names, (tuple, list, dict)):
        return []
    return [name for name in names if isinstance(name, str)]


def _getter(names: list[str]) -> Callable[[Any], Collection[Any]]:
    return lambda value: [getattr(value, name, None) for name in names]


def _takes_just(cls: type, names: list[str]) -> bool:
    """Whether the constructor takes all these fields by name, and needs no more."""
    try:
        parameters = inspect.signature(cls).parameters
    except (TypeError, ValueError):
        return False
    needed = {
        name
        for name, parameter in parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    }
    return set(names) <= set(parameters) and needed <= set(names)


def _reader(cls: type, names: list[str]) -> Callable[[Any], Collection[Any]]:
    """Reads what is stored in fields; a property, which may compute or fetch, is not asked."""
    slots = {
        name
        for name in names
        if isinstance(inspect.getattr_static(cls, name, None), types.MemberDescriptorType)
    }

    def stored(value: Any) -> Iterator[Any]:
        attributes = getattr(value, "__dict__", {})
        for name in names:
            yield getattr(value, name, None) if name in slots else attributes.get(name)

    return lambda value: list(stored(value))
