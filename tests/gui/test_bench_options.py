"""``fireflies bench``: each benchmark takes what has a meaning for it, and refuses the rest."""

from __future__ import annotations

import pytest

from gui.commands.bench_command import BENCHMARKS, options_of
from gui.commands.command_line import run

GIVEN = {
    "--topology": "ring",
    "--radius": "2",
    "--k": "3",
    "--edges": "open",
    "--rewire": "0.1",
    "--spread": "0.1",
    "--response": "drawn",
    "--strength": "0.1",
    "--b": "2",
    "--eps": "0.1",
    "--points": "0:0,1:0.1",
    "--delay": "0.1",
    "--loss": "0.1",
    "--side": "9",
    "--period": "4",
    "--nudge": "0.3",
    "--refractory": "0.7",
    "--jitter": "0.01",
    "--glow": "0.5",
    "--speed": "max",
    "--seed": "7",
    "--preset": "slow-order",
    "--population": "auto",
    "--allow-large": None,
    "--seconds": "1",
    "--warmup": "2",
    "--window": "400x300",
    "--panels": "coherence,raster",
    "--record": "grid",
    "--size": "640x360",
    "--rivals": "asyncio",
    "--sweep": None,
    "--drag": None,
}


@pytest.mark.parametrize(
    ("what", "option"),
    [(each, option) for each in BENCHMARKS for option in GIVEN if option not in options_of(each)],
)
def test_an_option_without_a_meaning_is_refused_as_it_was_written(
    what: str, option: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """In one line, before anything is measured."""
    value = GIVEN[option]
    written = [option] if value is None else [option, value]
    with pytest.raises(SystemExit) as left:
        run(["bench", what, *written])
    assert left.value.code == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"fireflies bench: {' '.join(written)} does not go with {what}, ")
    assert err.count("\n") == 1


def test_every_option_has_a_meaning_for_some_benchmark() -> None:
    """None is offered in vain, and none was left out of this test."""
    assert {option for each in BENCHMARKS for option in options_of(each)} == set(GIVEN)


def test_a_size_without_a_recording_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing would have it."""
    with pytest.raises(SystemExit) as left:
        run(["bench", "gui", "--size", "1080"])
    assert left.value.code == 2
    assert capfd.readouterr().err == "fireflies bench: --size goes with --record\n"
