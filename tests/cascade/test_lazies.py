"""Where lazy values are filled in, and where they are refused: no task ever sees one."""

from __future__ import annotations

import dataclasses
import functools
import types
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple

import msgspec
import pytest

import cascade as cs
from tests.cascade.running import listening


@cs.task
def add(a: int, b: int) -> int:
    return a + b


@cs.task
def same(x: Any) -> Any:
    return x


class Point(NamedTuple):
    x: Any
    y: Any = 0


class Checked(Point):
    __slots__ = ()

    def __new__(cls, x: Any) -> Checked:
        return super().__new__(cls, x, 1)


@dataclasses.dataclass
class Box:
    of: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Square:
    side: Any
    area: Any = dataclasses.field(init=False, default=None)

    def __post_init__(self) -> None:
        if isinstance(self.side, int):
            object.__setattr__(self, "area", self.side**2)


@dataclasses.dataclass
class Seeded:
    of: Any
    seed: dataclasses.InitVar[int]


class Bag(list[Any]):
    """A list that keeps more than its items."""


class Table(dict[str, Any]):
    """A dict that keeps more than its items."""


two = add(1, 1)

FILLED: list[tuple[Any, Any]] = [
    ([two, (two, {"a": two})], [2, (2, {"a": 2})]),
    (Point(two), Point(2)),
    (OrderedDict(b=two, a=1), OrderedDict(b=2, a=1)),
    (defaultdict(list, a=two), defaultdict(list, a=2)),
    (Counter(a=two), Counter(a=2)),
    (deque([1, two], maxlen=2), deque([1, 2], maxlen=2)),
    (ChainMap({"a": two}, {"b": 1}), ChainMap({"a": 2}, {"b": 1})),
    (types.MappingProxyType({"a": two}), types.MappingProxyType({"a": 2})),
    (slice(two, None, two), slice(2, None, 2)),
    (Box(two), Box(2)),
    (Square(two), Square(2)),
    ({"boxes": [Box(Point((two,)))]}, {"boxes": [Box(Point((2,)))]}),
]

REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: {two}, "a set can't hold lazy values"),
    (lambda: {(two, 0)}, "a set"),
    (lambda: frozenset([two]), "a frozenset"),
    (lambda: {two: 0}, "the keys of a dict"),
    (lambda: OrderedDict({(1, two): 0}), "the keys of an OrderedDict"),
    (lambda: {"a": two}.values(), "a view of a dict"),
    (lambda: Bag([two]), "Bag, a subclass of list,"),
    (lambda: Table(a=[two]), "Table, a subclass of dict,"),
    (lambda: Checked(two), "Checked, a subclass of tuple,"),
    (lambda: UserList([two]), "a UserList"),
    (lambda: UserDict(a=two), "a UserDict"),
    (lambda: functools.partial(max, two), "a partial"),
    (lambda: types.SimpleNamespace(a=two), "a SimpleNamespace"),
    (lambda: Seeded(two, 3), "Seeded, whose constructor takes more or less than its fields,"),
    (lambda: [Box({"a": {two}})], "a set"),
]


@pytest.mark.parametrize(("declared", "expected"), FILLED, ids=lambda value: type(value).__name__)
def test_lazy_values_in_containers_are_filled_in(declared: Any, expected: Any) -> None:
    """As an argument, by position or by name, as an item of a map and as a route."""
    router = cs.Router(same("a"), {"a": declared, "b": 0})
    results = cs.run([same(declared), same(x=declared), router])
    results += cs.run(same.map(x=[declared, 0]))[:1]
    assert results == [expected] * 4
    assert {type(result) for result in results} == {type(expected)}


def test_a_dataclass_may_refuse_the_results_it_is_filled_with() -> None:
    """Its own error arrives, with a note where it comes from."""

    @dataclasses.dataclass
    class Positive:
        n: Any

        def __post_init__(self) -> None:
            if isinstance(self.n, int) and self.n <= 0:
                raise ValueError(f"n must be > 0, got {self.n}")

    assert cs.run(same(Positive(add(1, 1)))) == Positive(2)
    with pytest.raises(ValueError, match="n must be > 0, got -1") as told:
        cs.run(same(Positive(add(1, -2))))
    assert any("Positive was made anew" in note for note in told.value.__notes__)


def test_what_a_container_is_beside_its_parts_stays() -> None:
    """The default of a defaultdict, the length of a deque, what a dataclass works out itself."""
    assert cs.run(same(defaultdict(list, a=two)))["b"] == []
    assert cs.run(same(deque([two], maxlen=3))).maxlen == 3
    assert cs.run(same(Square(two))).area == 4


@pytest.mark.parametrize(("make", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_lazy_values_that_cannot_be_filled_in_are_refused_when_declared(
    make: Callable[[], Any], words: str
) -> None:
    """The error names the task and what can't hold them, wherever they are declared."""
    for declare in (same, lambda value: same(x=value), lambda value: same.map(x=[value])):
        with pytest.raises(TypeError, match=r"task 'same'.*can't hold lazy values.*'add'") as told:
            declare(make())
        assert words in str(told.value)
    with pytest.raises(TypeError, match="a Router: "):
        cs.Router(same("a"), {"a": make()})


def test_lazy_values_put_into_a_set_after_the_call_are_refused_when_run() -> None:
    """What was fine when it was declared is looked at again."""
    values: set[Any] = set()
    target = same(values)
    values.add(two)
    with pytest.raises(TypeError, match="a set can't hold lazy values"):
        cs.run(target)


def test_containers_without_lazy_values_arrive_as_they_are() -> None:
    """The very object, whatever it is, also one that contains itself or nests very deep."""
    ring: list[Any] = [1]
    ring.append(Box(ring))
    chain: Any = None
    for _ in range(5000):
        chain = Box(chain)
    for value in (ring, chain, Bag([1]), {1, 2}, Seeded(1, 2), {(1, 2): 3}, Checked(1)):
        assert cs.run(same(value)) is value
        assert cs.run(same(x=value)) is value
        assert cs.run(same([two, value]))[1] is value


def test_a_container_that_holds_itself_and_lazy_values_is_refused() -> None:
    """It would have no end."""
    ring: list[Any] = [two]
    ring.append(ring)
    with pytest.raises(cs.GraphError, match="contain themselves"):
        cs.run(same(ring))


def test_properties_are_not_asked_in_the_search_for_lazy_values() -> None:
    """What is computed when asked for may take long, or fail."""

    class Costly:
        def __get__(self, instance: object, owner: object) -> int:
            raise AssertionError("asked")

        def __set__(self, instance: object, value: object) -> None: ...

    @dataclasses.dataclass
    class Row:
        key: int
        rows: Any = None

    Row.rows = Costly()
    row = Row(1)
    assert cs.run(same(row)) is row


@pytest.mark.parametrize(
    "make",
    [
        lambda: [two],
        lambda: {"a": Box(two)},
        lambda: {two: 1},
        lambda: Point(two),
        lambda: {(two,)},
        lambda: cs.inject("db"),
    ],
)
def test_a_task_that_returns_a_container_with_lazy_values_is_told(make: Callable[[], Any]) -> None:
    """Alone, in a graph, in a map and at the end of a chain, the error names the task."""

    @cs.task
    def fan(_n: int) -> Any:
        return make()

    @cs.task
    def hands_over(n: int) -> Any:
        return fan(n)

    targets: list[cs.Lazy[Any]] = [
        fan(1),
        same(fan(1)),
        fan.map(_n=[1, 2]),
        hands_over(1),
        same(hands_over(1)),
    ]
    for target in [*targets, fan(1).with_retry(2)]:
        with pytest.raises((cs.TaskError, ExceptionGroup)) as told:
            cs.run(target)
        errors = getattr(told.value, "exceptions", [told.value])
        assert all("task 'fan' returned" in str(error) for error in errors)


def test_lazy_values_from_outside_a_graph_are_refused() -> None:
    """What is given to a run, a default, the name of a route: nothing would fill them in."""
    target = same(cs.Param("x"))
    for value in (two, [two], Box(two), {two}):
        with pytest.raises(TypeError, match=r"parameter 'x' must be a value .* 'add'"):
            cs.run(target, {"x": value})
        with pytest.raises(TypeError, match="default of parameter 'x'"):
            cs.Param("x", default=value)
        with pytest.raises(TypeError, match="default of environment variable 'X'"):
            cs.Env("X", default=value)
        with pytest.raises(TypeError, match=r"parameter 'x' of task .* as its default"):

            @cs.task
            def with_default(x: Any = value) -> Any:
                return x

        with pytest.raises(TypeError, match=r"parameter 'x' of resource 'made' .* as its default"):

            @cs.resource
            def made(x: Any = value) -> Iterator[Any]:
                yield x

    with pytest.raises(TypeError, match="names of a Router's routes"):
        cs.Router(two, {two: 1})


@pytest.mark.parametrize("make", [lambda: two, lambda: [two]])
def test_a_resource_that_yields_a_lazy_value_is_told(make: Callable[[], Any]) -> None:
    """No graph would make it; the resource is released all the same."""
    ended = []

    @cs.resource
    def db() -> Iterator[Any]:
        try:
            yield make()
        finally:
            ended.append(1)

    @cs.task
    def use(db: Any = cs.inject("db")) -> Any:
        return db

    engine = cs.Engine()
    engine.register(db)
    with pytest.raises(cs.ResourceError, match=r"resource 'db' yielded .*'add'"):
        cs.run(use(), engine=engine)
    assert ended


def test_resources_are_injected_in_any_container() -> None:
    """``inject`` as an argument is filled in wherever a lazy value would be."""

    @cs.resource
    def db() -> Iterator[int]:
        yield 7

    engine = cs.Engine()
    engine.register(db)
    declared = [Box(cs.inject("db")), deque([cs.inject("db"), two])]
    assert cs.run(same(declared), engine=engine) == [Box(7), deque([7, 2])]


def test_plans_are_kept_by_the_structure_of_containers() -> None:
    """Two graphs alike but for values share a plan; other structure is another one."""
    engine = cs.Engine()
    for n in range(3):
        assert cs.run(same(Box([add(n, 1), n])), engine=engine) == Box([n + 1, n])
        assert cs.run(same(Point(add(n, 1), n)), engine=engine) == Point(n + 1, n)
    assert engine.plans.compiled == 2
    assert cs.run(same(Box([1, add(1, 1)])), engine=engine) == Box([1, 2])
    assert engine.plans.compiled == 3


def test_a_class_that_is_met_for_the_first_time_is_looked_into() -> None:
    """However many classes have come and gone before."""
    for number in range(3000):
        plain = type(f"Plain{number}", (), {})()
        assert same(plain).args[0] is plain
    late = dataclasses.make_dataclass("Late", ["of"])
    assert cs.run(same(late(two))) == late(2)
    bus, seen = listening(cs.TaskExecutionStarted)
    assert cs.run(same({"a": 1}), engine=cs.Engine(bus=bus)) == {"a": 1}
    assert len(seen) == 1


def test_every_item_of_a_map_is_given_a_constant() -> None:
    """One value for all, whatever it is: a list, a lazy value, or a container with some."""

    @cs.task
    def place(x: int, model: Any, unit: str = "m") -> Any:
        return [x, model, unit]

    model = [1, 2]
    constant = cs.constant(model)
    results = cs.run(place.map(x=[1, 2, 3], model=constant, unit=["a", "b", "c"]))
    assert results == [[1, model, "a"], [2, model, "b"], [3, model, "c"]]
    assert all(result[1] is model for result in results)
    mapped = place.map(x=same([7, 8]), model=cs.constant(two), unit=cs.constant("km"))
    assert cs.run(mapped) == [[7, 2, "km"], [8, 2, "km"]]
    mapped = place.map(x=[1], model=cs.constant({"of": [Box(two)]})).with_retry(1)
    assert cs.run(mapped) == [[1, {"of": [Box(2)]}, "m"]]
    assert cs.run(place.map(x=[], model=cs.constant(two))) == []


def test_a_constant_is_executed_once() -> None:
    """And its task is skipped with the map's condition, as any need of it."""
    loaded = []

    @cs.task
    def load() -> int:
        loaded.append(1)
        return 7

    assert cs.run(add.map(a=list(range(20)), b=cs.constant(load()))) == list(range(7, 27))
    assert len(loaded) == 1
    never = add.map(a=[1], b=cs.constant(load().run_if(False)))
    with pytest.raises(cs.DependencyMissingError, match="'add' has no value"):
        cs.run(never)


def test_constants_are_for_maps_and_beside_a_column() -> None:
    """Elsewhere they are refused by name; a map of nothing but constants has no length."""
    for declare in (
        lambda: same(cs.constant(3)),
        lambda: same(x=[cs.constant(3)]),
        lambda: same.map(x=[cs.constant(3)]),
    ):
        with pytest.raises(TypeError, match=r"task 'same': constant\(3\) is for the columns"):
            declare()
    with pytest.raises(TypeError, match="needs at least one column, got only constants"):
        same.map(x=cs.constant(3))
    with pytest.raises(TypeError, match="a set can't hold lazy values"):
        add.map(a=[1], b=cs.constant({two}))
    with pytest.raises(TypeError, match=r"task 'add.*unexpected keyword argument 'c'"):
        add.map(a=[1], b=[1], c=cs.constant(3))
    with pytest.raises(TypeError, match=r"constant 'b' .* holds a generator"):
        cs.run(add.map(a=[1, 2], b=cs.constant(same(each for each in [1]))))


class _Struct(msgspec.Struct):
    value: object


class _Attribute:
    """Of a field, as attrs tells of it."""

    def __init__(self, name: str) -> None:
        self.name = name


class _LikeAttrs:
    """As attrs makes classes."""

    __slots__ = ("value",)
    __attrs_attrs__ = (_Attribute("value"),)

    def __init__(self, value: object) -> None:
        self.value = value


class _LikePydantic:
    """As pydantic makes classes."""

    __pydantic_fields__: ClassVar = {"value": object()}

    def __init__(self, value: object) -> None:
        self.value = value


@pytest.mark.parametrize("cls", [_Struct, _LikeAttrs, _LikePydantic])
def test_classes_that_declare_fields_elsewhere_are_refused(cls: Callable[[object], object]) -> None:
    """By name, wherever they stand; without a lazy value in them they pass as they are."""
    lazy = add(1, 2)
    for given in (cls(lazy), [cls(lazy)], {"a": cls([lazy])}, cls(cls(lazy))):
        with pytest.raises(TypeError, match=f"{cls.__name__}.*can't hold lazy values"):
            same(given)
    plain = cls([1, 2])
    assert cs.run(same(plain)) is plain
