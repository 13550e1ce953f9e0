"""Scales, words and curves: what the window knows without Qt."""

from __future__ import annotations

import math
from typing import Any

import pytest

from experiments import PARAMETER_FIELDS, Failure, ParameterError, Parameters
from gui.instruments.engine import figure_texts
from gui.models.coherence_trace import MarkKeeper
from gui.models.intent import Intent
from gui.models.metrics import Summary
from gui.models.notice import Answer, Notice, Notices
from gui.models.scales import parse_value, refusal_text, value_text
from gui.models.status_readout import Activity, StatusReadout

SCALES = {name: field.scale for name, field in PARAMETER_FIELDS.items() if field.scale is not None}
SLIDERS = sorted(SCALES)


@pytest.mark.parametrize("name", SLIDERS)
def test_positions_and_values_belong_together(name: str) -> None:
    """A value's place on the track gives the value back, from end to end."""
    scale = SCALES[name]
    for k in range(201):
        value = scale.value(k / 200)
        assert scale.minimum <= value <= scale.maximum or math.isinf(value)
        assert scale.value(scale.position(value)) == value


@pytest.mark.parametrize("name", SLIDERS)
def test_the_default_is_on_the_track(name: str) -> None:
    """Every default is a value that the slider can be set to."""
    default = getattr(Parameters(), name)
    scale = SCALES[name]
    assert scale.value(scale.position(default)) == default


@pytest.mark.parametrize("name", SLIDERS)
def test_keys_step_through_all_values_up_and_down(name: str) -> None:
    """An arrow key always changes the value, until the end of the track."""
    scale = SCALES[name]
    value, seen = scale.minimum, []
    while value not in seen:
        seen.append(value)
        value = scale.neighbour(value, 1)
    assert value == (math.inf if name == "speed" else scale.maximum)
    assert seen == sorted(seen)
    while value > scale.minimum:
        lower = scale.neighbour(value, -1)
        assert lower < value
        value = lower


def test_the_speed_slider_is_logarithmic_and_ends_in_max() -> None:
    """From 0.05x to 50x equal steps are equal ratios; then as fast as possible."""
    scale = SCALES["speed"]
    middle = (scale.position(0.05) + scale.position(50.0)) / 2
    assert scale.position(math.sqrt(0.05 * 50)) == pytest.approx(middle)
    assert scale.value(1.0) == math.inf
    assert scale.position(math.inf) == 1.0
    assert scale.position(200.0) == scale.position(50.0)


def test_speed_holds_at_one() -> None:
    """Near 1x the handle stays at exactly 1x."""
    scale = SCALES["speed"]
    assert scale.value(scale.position(1.0) + 0.008) == 1.0


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("period", 5.0, "5.0 s"),
        ("period", 3_600.0, "3,600.0 s"),
        ("nudge", 0.2, "0.20 s"),
        ("nudge", 0.125, "0.125 s"),
        ("refractory", 1.0, "1.00 s"),
        ("glow", 0.3, "0.30 period"),
        ("speed", 1.0, "1.0x"),
        ("speed", 0.05, "0.05x"),
        ("speed", math.inf, "max"),
        ("side", 50, "50"),
    ],
)
def test_values_are_written_with_sensible_digits_and_read_back(
    name: str, value: float, text: str
) -> None:
    """What is shown has its unit, and is understood when typed."""
    assert value_text(name, value) == text
    assert parse_value(name, text) == value


def test_numbers_are_understood_as_people_type_them() -> None:
    """Without unit, with spaces or a decimal comma."""
    assert parse_value("period", " 2,5 ") == 2.5
    assert parse_value("nudge", "0,125") == 0.125
    assert parse_value("speed", "1,000") == 1_000.0
    assert parse_value("period", "1,250.5 s") == 1_250.5
    assert parse_value("period", "12,3456") == 12.3456
    assert parse_value("period", "1,000,000") == 1_000_000.0
    assert parse_value("speed", "4") == 4.0
    assert parse_value("speed", "MAX") == math.inf
    assert parse_value("side", "30") == 30
    assert isinstance(parse_value("side", "30"), int)


@pytest.mark.parametrize(("name", "text"), [("period", "soon"), ("nudge", ""), ("glow", "max")])
def test_what_is_no_number_is_refused_in_words(name: str, text: str) -> None:
    """The reason names the parameter, what is allowed and what was typed."""
    with pytest.raises(ParameterError, match=f"{name} must be a number, got '{text}'"):
        parse_value(name, text)


def status(**values: Any) -> StatusReadout:
    """A status with defaults."""
    known: dict[str, Any] = {
        "activity": Activity.RUNNING,
        "t": 83.45,
        "asked": 1.0,
        "held": 1.0,
        "fps": 60.0,
        "flashes_per_s": 750.0,
        "observed": {"R": 0.551},
        "seed": 1,
        "population": "2,500 workflows on one engine",
    }
    return StatusReadout(**{**known, **values})


def test_the_status_line_reads_as_designed() -> None:
    """Time, speed, frames, flashes and coherence; of problems nothing where there are none."""
    now = status()
    assert now.time_text() == "t 00:01:23.4"
    assert now.speed_text() == "1.0x"
    assert now.fps_text() == "60 fps"
    assert now.flashes_text() == "750 flashes/s"
    assert status(flashes_per_s=1.2).flashes_text() == "1 flash/s"
    assert status(flashes_per_s=0.2).flashes_text() == "0 flashes/s"
    assert now.observed_text("R") == "R 0.55"
    assert now.state_text() == ""
    assert now.population == "2,500 workflows on one engine"
    assert status(t=3_600 * 30 + 0.1 * 3).time_text() == "t 30:00:00.3"
    assert status(activity=Activity.PAUSED).time_text().startswith("t 00:01:23.4")
    assert len(status(activity=Activity.PAUSED).time_text()) == len("t 00:01:23.456")


def test_slower_than_asked_is_said() -> None:
    """0.7x instead of 4x; a hair below isn't worth a word, and max can't be slower."""
    slow = status(asked=4.0, held=0.7)
    assert slow.speed_text() == "as fast as this computer can: 0.70x"
    assert slow.is_slower
    assert not status(asked=4.0, held=3.97).is_slower
    assert status(asked=4.0, held=3.97).speed_text() == "4.0x"
    assert status(asked=4.0, held=None).speed_text() == "4.0x"
    assert not status(asked=math.inf, held=3.0).is_slower
    assert status(asked=math.inf, held=36.2).speed_text() == ("as fast as this computer can: 36.2x")
    assert status(asked=math.inf, held=None).speed_text() == "as fast as this computer can"
    assert not status(activity=Activity.PAUSED, asked=4.0, held=0.1).is_slower
    assert status(activity=Activity.PAUSED).speed_text() == "paused"


def test_a_failed_workflow_is_named() -> None:
    """How many failed, which was the last, and its error in full."""
    failure = Failure(17, "firefly 17", ValueError("no wings"))
    now = status(failures=2, latest_failure=failure)
    assert now.state_text() == "2 workflows failed: firefly 17"
    assert now.failure_detail() == "firefly 17: ValueError: no wings"


def test_jitter_without_a_refractory_time_is_refused_in_words() -> None:
    """By what it is then, not by bounds that nothing lies between."""
    deaf_to_none = Parameters(refractory=0.0, jitter=0.0)
    with pytest.raises(ParameterError) as refused:
        deaf_to_none.replace(jitter=0.1)
    said = refusal_text("jitter", 0.1, refused.value, deaf_to_none)
    assert said == "Jitter is 0 where the refractory time is under 1e-06 s, not 0.1 s"


def test_figures_are_in_words() -> None:
    """Times with their 99th percentile, rates as whole numbers, a dash for nothing."""
    summary = Summary(min=0.0, mean=234.4, p50=1.0, p99=999.94, max=3.0)
    long = Summary(min=0.0, mean=1234.4, p50=1.0, p99=2014.5, max=3.0)
    names = "loop_lag_ms", "lateness_ms"
    texts = figure_texts(dict(zip(names, (summary, long), strict=True)) | {"wakes_per_s": long})
    assert texts["wakes_per_s"] == "1,234 /s"
    assert texts["loop_lag_ms"] == "234.4, p99 999.9 ms"
    assert texts["lateness_ms"] == "1.2, p99 2.0 s"
    assert texts["flush_duration_ms"] == "\N{EN DASH}"


def test_wishes_between_two_frames_are_one() -> None:
    """Of several values of one slider the last counts, and they are taken once."""
    intent = Intent()
    for value in (0.1, 0.2, 0.3):
        intent.ask("nudge", value)
    intent.ask("jitter", 0.0)
    assert intent.take_asked() == {"nudge": 0.3, "jitter": 0.0}
    assert intent.take_asked() == {}


def test_a_step_pauses_and_playing_forgets_steps() -> None:
    """Stepping while it plays pauses first; play takes the steps back."""
    intent = Intent()
    intent.step()
    intent.step()
    assert not intent.is_playing
    assert intent.steps == 2
    intent.toggle_play()
    assert intent.is_playing
    assert intent.steps == 0


def test_wishes_to_begin_anew_add_up() -> None:
    """A new seed and a new side within one frame make one restart."""
    intent = Intent()
    intent.begin_anew(seed=7)
    intent.begin_anew(side=9)
    intent.begin_anew()
    assert intent.take_restart().values == {"seed": 7, "side": 9}
    assert intent.restart is None


def test_one_drag_is_one_mark() -> None:
    """Changes of one parameter in quick succession are one mark with the last words."""
    keeper = MarkKeeper()
    keeper.note(0.0, 10.0, "nudge", "nudge 0.30 s")
    keeper.note(0.5, 10.5, "nudge", "nudge 0.40 s")
    keeper.note(9.0, 20.0, "nudge", "nudge 0.50 s")
    keeper.note(9.1, 20.1, "period", "period 4.0 s")
    assert [(mark.t, mark.label) for mark in keeper.marks] == [
        (10.0, "nudge 0.40 s"),
        (20.0, "nudge 0.50 s"),
        (20.1, "period 4.0 s"),
    ]


def test_notices_wait_for_each_other() -> None:
    """None is lost; what is about the same thing takes the place of what was said before."""
    restore, saved = Notice("Restore?", (Answer("Yes", list),)), Notice("Recorded: a")
    begun, done = Notice("Exporting x", about="x"), Notice("Exported: x", about="x")
    notices = Notices().with_news(restore).with_news(begun).with_news(saved).with_news(done)
    assert notices.line == (restore, done, saved)
    assert (notices.shown, notices.n_waiting) == (restore, 2)
    assert notices.with_news(saved) == notices, "nobody reads a sentence twice"
    assert notices.answered().with_news(begun).line == (begun, saved)
    assert notices.answered().answered().answered().answered() == Notices()
