"""Records are dataclasses to whoever uses them; `Alike` is what each is compared with."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest

import cascade as cs
from cascade.record import Record, changed

_NOTHING = MappingProxyType[str, int]({})


class Base(Record, kw_only=True):
    """Two fields."""

    name: str
    size: float = 1.5


class Derived(Base, kw_only=True):
    """Two more, one of a default that has no hash."""

    tags: tuple[str, ...] = ()
    table: Any = _NOTHING


class Place(Record, kw_only=False):
    """Fields by position."""

    x: int
    y: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeBase:
    name: str
    size: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike(AlikeBase):
    tags: tuple[str, ...] = ()
    table: Any = dataclasses.field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class AlikePlace:
    x: int
    y: int = 2


PAIRS = [(Derived, Alike, {"name": "a", "table": None}), (Place, AlikePlace, {"x": 1})]


@pytest.mark.parametrize(("record", "alike", "given"), PAIRS)
def test_a_record_is_used_as_a_dataclass_is(record: Any, alike: Any, given: dict[str, Any]) -> None:
    """Text, equality, hash, fields, replace, asdict, signature and patterns are the same."""
    assert record.__match_args__ == alike.__match_args__
    made, other = record(**given), alike(**given)
    assert repr(made).replace(record.__name__, alike.__name__) == repr(other)
    assert made == record(**given)
    assert made != other
    assert made != record(**{**given, **dict.fromkeys(given, "another")})
    assert dataclasses.is_dataclass(record)
    assert dataclasses.asdict(made) == dataclasses.asdict(other)
    kept = [(f.name, f.type, f.kw_only, f.init) for f in dataclasses.fields(made)]
    assert kept == [(f.name, f.type, f.kw_only, f.init) for f in dataclasses.fields(other)]
    assert not hasattr(made, "__dict__")
    of_record = [(p.name, p.kind, p.annotation) for p in _parameters(record)]
    assert of_record == [(p.name, p.kind, p.annotation) for p in _parameters(alike)]
    name = next(iter(given))
    for differing in (changed(made, **{name: 7}), dataclasses.replace(made, **{name: 7})):
        assert getattr(differing, name) == 7
        assert type(differing) is record


def _parameters(cls: Any) -> list[inspect.Parameter]:
    return list(inspect.signature(cls).parameters.values())


def test_a_default_without_a_hash_is_as_good_as_any() -> None:
    """It is never changed, so that all may share it; ``replace`` leaves it as it is."""
    assert Derived(name="a").table is _NOTHING
    assert dataclasses.replace(Derived(name="a"), name="b").table is _NOTHING


def test_equal_records_have_one_hash_and_unhashable_fields_none() -> None:
    """As with dataclasses."""
    assert len({Place(1), Place(1, 2), Place(1, 3)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Place([]))  # type: ignore[arg-type]


def test_a_record_is_frozen() -> None:
    """No field can be set or deleted, nor another one added."""
    place = Place(1)
    for name in ("x", "z"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(place, name, 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        del place.x
    assert place == Place(1)


def test_a_record_can_be_copied_and_pickled() -> None:
    """Also of a class that was never called before."""
    place = Place(1, 3)
    assert pickle.loads(pickle.dumps(place)) == copy.copy(place) == copy.deepcopy(place) == place


@pytest.mark.parametrize("wrong", [{}, {"name": "a", "other": 1}])
def test_wrong_fields_are_refused_as_by_any_function(wrong: dict[str, Any]) -> None:
    """The error names the class."""
    with pytest.raises(TypeError, match=r"Base\.__init__\(\)"):
        Base(**wrong)
    with pytest.raises(TypeError, match="positional"):
        Base("a")  # type: ignore[call-arg]


def test_an_event_of_a_users_own_may_be_a_dataclass() -> None:
    """A subclass of an event is what its author makes of it, and is published as all are."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Saved(cs.Event):
        path: str

    class Seen(cs.Event):
        """No field more."""

    told: list[cs.Event] = []
    bus = cs.MessageBus()
    bus.subscribe(cs.Event, told.append)
    saved = Saved(run_id="run-1", timestamp=2.0, path="a")
    bus.publish(saved)
    bus.publish(Seen(run_id="run-1", timestamp=3.0))
    assert told == [saved, Seen(run_id="run-1", timestamp=3.0)]
    assert "path='a'" in repr(saved)


def test_lazy_values_in_a_record_are_filled_in() -> None:
    """As in any dataclass."""

    @cs.task
    def one() -> int:
        return 1

    @cs.task
    def total(place: Place) -> int:
        return place.x + place.y

    assert cs.run(total(Place(one(), one()))) == 2
