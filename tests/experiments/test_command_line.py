"""The command line: what it prints, what it refuses, and how."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from experiments import PARAMETER_FIELDS, run_fireflies
from experiments.benchmarks import scale
from experiments.benchmarks.processes import measured
from gui.__main__ import main
from tests.forked import Child


def run(*arguments: str) -> int:
    """The exit code of ``fireflies`` with these arguments."""
    try:
        return main(arguments)
    except SystemExit as stopped:
        return int(str(stopped.code))


KEYS = {
    "agents", "seed", "virtual_s", "wakes", "flashes", "pulses_in_flight", "R", "R_max",
    "time_to_sync_s", "setup_s", "cpu_s", "us_per_flash", "us_per_wake", "realtime_factor",
    "digest",
}  # fmt: skip


@pytest.mark.parametrize("given", [[""], ["--", ""]])
def test_a_file_without_a_name_is_refused_in_one_sentence(given: list[str], capfd: Any) -> None:
    """Not taken for the current folder, nor for a command."""
    assert run(*given) == 2
    assert capfd.readouterr().err == "fireflies: the file to open must have a name, got ''\n"


def test_dashes_with_nothing_behind_them_mean_nothing(capfd: Any) -> None:
    """They say that no options come any more."""
    assert run("run", "--side", "3", "--seconds", "1", "--") == 0
    assert json.loads(capfd.readouterr().out)["virtual_s"] == 1.0


def test_run_prints_one_json_object(capfd: Any) -> None:
    """All figures, of exactly the time asked for, and nothing on stderr."""
    assert run("run", "--side", "10", "--seconds", "120", "--seed", "1") == 0
    out, err = capfd.readouterr()
    assert err == ""
    report = json.loads(out)
    assert set(report) >= KEYS
    assert report["agents"] == 100
    assert report["virtual_s"] == 120.0
    assert report["R"] >= 0.95
    assert report["wakes"] > report["flashes"] > 2_000
    assert report["digest"].startswith("050ccaa6ccc3587b")


def test_speed_is_validated_and_ignored(capfd: Any) -> None:
    """The digest is the same at any speed; max is one."""
    digests = set()
    for speed in ("0.05", "50", "max"):
        assert run("run", "--side", "5", "--seconds", "9", "--speed", speed) == 0
        digests.add(json.loads(capfd.readouterr().out)["digest"])
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("run --side 0", ["--side", "0", "from 3 to 2000"]),
        ("run --side 1e3", ["--side", "1e3", "from 3 to 2000"]),
        ("run --side 2001", ["--side", "2001", "from 3 to 2000"]),
        pytest.param(
            "run --side 400 --population workflows",
            ["--side", "400", "300", "GB", "--allow-large"],
            marks=pytest.mark.workflows,
        ),
        pytest.param(
            "run --side 1001",
            ["--side", "1001", "1000", "GB", "--allow-large"],
            marks=pytest.mark.workflows,
        ),
        ("mirror --population auto", ["--population", "mirror"]),
        ("run --nudge nan", ["--nudge", "nan", ">= 0 s"]),
        ("run --nudge 6", ["--nudge", "6", "period (5 s)"]),
        ("run --period inf", ["--period", "inf", "<= 3600 s"]),
        ("run --period x", ["--period", "x", "number"]),
        ("run --period 0.5", ["--period 0.5", "refractory", "< the period (0.5 s)"]),
        ("run --jitter 1", ["--jitter", "1", "refractory time (1 s)"]),
        ("run --glow 0", ["--glow", "0", "<= 1"]),
        ("run --speed 0.01", ["--speed", "0.01", "0.05 to 1000"]),
        ("run --speed fast", ["--speed", "fast", "0.05 to 1000, or max"]),
        ("run --seed -1", ["--seed", "-1", "2^64"]),
        ("run --seed 18446744073709551616", ["--seed", "18446744073709551616", "2^64"]),
        ("run --seconds 0", ["--seconds", "0", "> 0 s"]),
        ("run --seconds", ["--seconds"]),
        ("run --events out.txt", ["--events", "out.txt", ".csv", ".jsonl", ".parquet"]),
        ("run --events /no/such/folder/o.csv", ["--events", "/no/such/folder/o.csv"]),
        ("run --coherence r.txt", ["--coherence", "r.txt", ".csv, .jsonl or .parquet"]),
        ("run --coherence /no/such/r.csv", ["--coherence /no/such/r.csv", "can't be written"]),
        ("run --phases p.csv", ["--phases", "p.csv", "must end in .npy"]),
        ("run --phases /", ["--phases must be the name of a file, got '/', a folder"]),
        ("run --events d.csv/", ["--events must be the name of a file, got 'd.csv/', a folder"]),
        ("run --save=a.fireflies/.", ["--save must be", "got 'a.fireflies/.', a folder"]),
        ("render -o v.mp4/", ["-o/--output must be", "got 'v.mp4/', a folder"]),
        ("render -o .mp4", ["-o .mp4 needs a name before the .mp4"]),
        ("run --events=", ["--events must be the name of a file, got ''"]),
        ("run --plot=", ["--plot must be the name of a file, got ''"]),
        ("run --session=", ["--session must be the name of a file, got ''"]),
        ("--preset=", ["--preset must be the name of a file, got ''"]),
        ("--screenshot=", ["--screenshot must be the name of a file, got ''"]),
        ("run -- -x.csv", ["unknown argument -x.csv; allowed: --allow-large"]),
        ("run --events a.csv -- --side", ["unknown argument --side; allowed"]),
        ("-- -no.toml", ["--preset: can't read -no.toml: No such file"]),
        ("-- a.toml b.toml", ["one file at a time, got a.toml and b.toml"]),
        ("run --phases /no/such/p.npy", ["--phases /no/such/p.npy", "can't be written"]),
        ("run --metrics m.json", ["--metrics", "m.json", ".csv, .jsonl or .parquet"]),
        ("run --metrics /no/such/m.jsonl", ["--metrics /no/such/m.jsonl", "can't be written"]),
        ("run --metrics /proc/m.jsonl", ["--metrics /proc/m.jsonl", "can't be written"]),
        ("run --metrics /no/such/m.csv", ["--metrics /no/such/m.csv", "can't be written"]),
        ("run --events a.csv --coherence ./a.csv",
         ["--coherence a.csv must be another file than --events a.csv"]),
        ("run --metrics m.jsonl --events m.jsonl", ["--metrics m.jsonl", "--events m.jsonl"]),
        ("run --preset /no/such/file", ["--preset", "/no/such/file"]),
        ("run --preset two-iland", ["two-iland", "did you mean two-islands?", "slow-order"]),
        ("run --preset two-islands --side 10", ["opening: height", "from 1 to 10", "got 40"]),
        ("bench engine --preset waves", ["--preset waves", "opening", "fireflies bench"]),
        ("--preset nobody", ["nobody", "must be a file, or a name of the gallery", "waves"]),
        ("run --colour red", ["--colour", "--seed"]),
        ("run extra", ["unknown argument extra"]),
        ("run --nudge 1_0", ["--nudge", "1_0", "number"]),
        ("run --speed 1_0", ["--speed", "1_0", "0.05 to 1000, or max"]),
        ("run --period ٣", ["--period", "٣", "number"]),
        ("runn", ["unknown command runn: did you mean run? There are run"]),
        ("run --period 1e400", ["--period", "must be a number of at most 1e308, got '1e400'"]),
        ("benhc", ["unknown command benhc", "did you mean bench?"]),
        ("frobnicate", ["unknown command frobnicate", "run, mirror, sweep, render, bench, help"]),
        ("--side 5 run", ["unknown argument run"]),
        ("bench scale --side 10 --seconds 1 --warmup 3", ["--side 10", "scale", "--seed"]),
        ("bench scale --allow-large", ["--allow-large", "scale"]),
        ("bench engine --warmup 0", ["--warmup 0", "engine"]),
        ("bench engine --window 400x300", ["--window 400x300", "engine"]),
        ("bench engine --speed max", ["--speed max", "engine"]),
        ("bench peers --nudge 0", ["--nudge 0", "peers", "--side --seed"]),
        ("bench peers --seconds 5", ["--seconds 5", "peers"]),
        ("bench rivals --rivals nobody", ["--rivals", "'nobody'", "asyncio, dask", "trio"]),
        ("bench rivals --side 3", ["--side 3", "rivals", "--rivals"]),
        ("bench engine --rivals simpy", ["--rivals simpy", "engine"]),
        ("bench control --nudge 0.1", ["--nudge 0.1", "control"]),
        ("bench", ["engine", "gui"]),
        ("bench speed", ["speed", "engine"]),
        ("bench gui --window 3x3", ["--window", "3x3", "300x200"]),
        ("bench gui --warmup -1", ["--warmup", "-1", ">= 0"]),
        ("--after 3", ["--after", "3", "--screenshot"]),
        ("--screenshot picture.doc", ["--screenshot", "picture.doc", ".png"]),
        ("--screenshot /no/such/folder/p.png", ["--screenshot", "/no/such/folder/p.png"]),
        ("--metrics /proc/x", ["--metrics", "/proc/x", "can't be written"]),
        ("--metrics /", ["--metrics must be the name of a file, got '/', a folder"]),
        ("--metrics m.jsonl --screenshot p.png", ["--metrics m.jsonl", "--screenshot"]),
        ("--screenshot /proc/p.png", ["--screenshot", "/proc/p.png", "can't be written"]),
        ("--speeed 3", ["--speeed", "--speed"]),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_exit_2(
    capfd: Any, monkeypatch: pytest.MonkeyPatch, arguments: str, names: list[str]
) -> None:
    """The line names the option, the value and what is allowed; nothing is run."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert run(*arguments.split()) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    for name in names:
        assert name in err


@pytest.mark.parametrize("text", ["-1e-3", "-10.", "-.5", "-inf", "-nan"])
@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("run", ("side", "period", "nudge", "refractory", "jitter", "glow", "speed", "seed",
                 "seconds")),
        ("render -o a.mp4", ("nudge", "seconds", "fps", "size")),
        ("bench gui", ("nudge", "seconds", "warmup", "window")),
        ("", ("nudge", "after")),
    ],
)  # fmt: skip
def test_a_negative_number_is_refused_as_a_number_however_it_is_written(
    capfd: Any, command: str, options: tuple[str, ...], text: str
) -> None:
    """As -0.001 is: by what is allowed, not by an argument that seems to be missing."""
    for option in options:
        assert run(*command.split(), f"--{option}", text) == 2
        apart = capfd.readouterr().err
        assert run(*command.split(), f"--{option}={text}") == 2
        assert apart == capfd.readouterr().err
        assert "expected" not in apart
        assert f"--{option}" in apart


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a shell's way to close files")
def test_streams_that_are_closed_stay_out_of_files(tmp_path: Path) -> None:
    """A run goes on as ever; a refusal that nobody can read still ends with 2."""
    shell = (
        '"$0" -m "$1" $2 --side 3 --seconds 1 --events e.csv --plot p.svg <&- >&- 2>&-; a=$?\n'
        '"$0" -m "$1" $2 --side 0 2>&-; exit $((10 * a + $?))\n'
    )
    for module, command in ("gui", "run"), ("experiments.run_fireflies", "--headless"):
        line = shell if command == "run" else shell.replace("--plot p.svg ", "")
        done = subprocess.run(
            ["sh", "-c", line, sys.executable, module, command], cwd=tmp_path, check=False
        )
        assert done.returncode == 2
        header, *rows = (tmp_path / "e.csv").read_text().splitlines()
        assert header == "t,id"
        assert all(len(row.split(",")) == 2 for row in rows)
    assert (tmp_path / "p.svg").read_text().startswith("<?xml")


def test_events_are_written_in_each_format(tmp_path: Path, capfd: Any) -> None:
    """CSV and JSON Lines hold the numbers exactly; Parquet the same table."""
    import polars

    paths = [tmp_path / f"out.{suffix}" for suffix in ("csv", "jsonl", "parquet")]
    for path in paths:
        assert run("run", "--side", "5", "--seconds", "12", "--events", str(path)) == 0
    flashes = json.loads(capfd.readouterr().out.splitlines()[0])["flashes"]
    header, *lines = paths[0].read_text().splitlines()
    rows = [(float(t), int(i)) for t, i in (line.split(",") for line in lines)]
    assert header == "t,id"
    assert len(rows) == flashes > 50
    assert all(line == f"{t!r},{i}" for line, (t, i) in zip(lines, rows, strict=True))
    parsed = [json.loads(line) for line in paths[1].read_text().splitlines()]
    assert [(row["t"], row["id"]) for row in parsed] == rows
    assert polars.read_parquet(paths[2]).rows() == rows
    beside = {f"{path.name}.meta.json" for path in paths}
    assert {path.name for path in tmp_path.iterdir()} == beside | {path.name for path in paths}


def test_a_file_is_replaced_only_by_a_finished_run(tmp_path: Path, capfd: Any) -> None:
    """A refused run leaves what was there, and nothing beside it."""
    path = tmp_path / "out.csv"
    path.write_text("precious")
    assert run("run", "--side", "1", "--events", str(path)) == 2
    assert path.read_text() == "precious"
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    assert run("run", "--side", "3", "--seconds", "1", "--events", str(folder)) == 2
    assert "is a folder" in capfd.readouterr().err
    assert len(list(tmp_path.iterdir())) == 2


def test_presets_give_defaults_and_options_the_last_word(tmp_path: Path, capfd: Any) -> None:
    """Values of a TOML file, speed max included."""
    preset = tmp_path / "small.toml"
    preset.write_text('name = "Small"\n[parameters]\nside = 6\nseed = 4\nspeed = "max"\n')
    assert run("run", "--preset", str(preset), "--seed", "5", "--seconds", "5") == 0
    report = json.loads(capfd.readouterr().out)
    assert (report["agents"], report["seed"]) == (36, 5)


def test_a_preset_by_name_comes_with_its_opening(tmp_path: Path, capfd: Any) -> None:
    """Seen in the digest, which is that of the same values and opening in a file."""
    preset = tmp_path / "islands.toml"
    written = "".join(
        f'[[opening]]\naction = "{action}"\nx = {x}\ny = 0\nwidth = 1\nheight = 40\n'
        for x in (0, 20)
        for action in ("silent", "blind")
    )
    preset.write_text(f"[parameters]\nside = 40\n{written}")
    digests = []
    for options in (["--preset", "Two-Islands"], ["--preset", str(preset)], ["--side", "40"]):
        assert run("run", *options, "--seconds", "12") == 0
        digests.append(json.loads(capfd.readouterr().out)["digest"])
    by_name, by_file, without = digests
    assert by_name == by_file != without


@pytest.mark.parametrize(
    "text",
    ["", "[parameters", "[parameters]\nside = 2.5", "[parameters]\nsied = 5", "x = 1",
     "[parameters]\nspeed = 'fast'", "[parameters]\nside = 2", "\x00", "[parameters]\nnudge = nan"],
)  # fmt: skip
def test_damaged_presets_are_one_line(tmp_path: Path, capfd: Any, text: str) -> None:
    """Each names the file and what is wrong with it."""
    preset = tmp_path / "p.toml"
    preset.write_text(text)
    assert run("run", "--preset", str(preset)) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "p.toml" in err


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_a_preset_that_is_no_file_is_one_line(tmp_path: Path, capfd: Any) -> None:
    """A folder, what never begins, what never ends, and what is far too large."""
    fifo, large = tmp_path / "fifo", tmp_path / "large.toml"
    os.mkfifo(fifo)
    large.write_bytes(b"#" * 16_001)
    for path, says in (
        (tmp_path, "is a folder"),
        (fifo, "is not a file"),
        (Path("/dev/zero"), "is not a file"),
        (large, "at most 16 kB"),
    ):
        assert run("run", "--preset", str(path)) == 2
        out, err = capfd.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert str(path) in err
        assert says in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", ["run --side 3 --seconds 1", "run --help", "--help"])
def test_a_full_disk_behind_stdout_is_one_line(arguments: str) -> None:
    """Exit code 1, and no traceback, not even from the last flush."""
    command = [sys.executable, "-m", "gui", *arguments.split()]
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    name = "fireflies run" if "run" in arguments else "fireflies"
    assert found.stderr.decode() == f"{name}: can't write to stdout: No space left on device\n"
    assert found.returncode == 1


def test_a_reader_that_had_enough_is_no_error() -> None:
    """A closed pipe ends it quietly, with 1."""
    command = [sys.executable, "-m", "gui", "run", "--side", "3", "--seconds", "1"]
    reader, writer = os.pipe()
    os.close(reader)
    found = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (found.returncode, found.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("preset", "options", "said"),
    [
        ("period = 0.5", "--side 5",
         "--preset {}: period 0.5 does not go with the default refractory: refractory must be"),
        ("refractory = 2", "--period 1",
         "--period 1 does not go with the refractory of --preset {}: refractory must be"),
        ("refractory = 7", "--side 5",
         "--preset {}: refractory must be >= 0 s and < the period (5"),
        ("period = 0.5", "--refractory 0.6",
         "--refractory must be >= 0 s and < the period (0.5 s)"),
        pytest.param(
            "side = 1200",
            "--period 8",
            "--preset {}: side must be at most 1000",
            marks=pytest.mark.workflows,
        ),
    ],
)  # fmt: skip
def test_the_parameter_at_fault_is_named_with_its_place(
    tmp_path: Path, capfd: Any, preset: str, options: str, said: str
) -> None:
    """Neither an innocent option is blamed, nor a default for what a preset did."""
    path = tmp_path / "p.toml"
    path.write_text(f"[parameters]\n{preset}\n")
    assert run("run", "--preset", str(path), *options.split()) == 2
    err = capfd.readouterr().err
    assert err.startswith(f"fireflies run: {said.format(path)}")
    assert err.count("\n") == 1


def test_help_says_limits_and_version_is_the_installed_one(capfd: Any) -> None:
    """Every option of the model has its limits; `help run` is `run --help`."""
    assert run("help") == 0
    shown = " ".join(capfd.readouterr().out.split())
    for field in PARAMETER_FIELDS.values():
        assert f"{field.limits} (default".replace("- ", "-") in shown.replace("- ", "-")
    assert "--speed N|max" in shown
    assert run("help", "run") == 0
    of_run = capfd.readouterr().out
    assert run("run", "--help") == 0
    assert capfd.readouterr().out == of_run
    assert "--events FILE" in of_run
    assert run("--version") == 0
    assert capfd.readouterr().out == f"fireflies {version('cascade-fireflies')}\n"


def test_a_time_to_synchrony_is_a_sample_time(capfd: Any) -> None:
    """A multiple of 0.1 s, shown as one."""
    assert run("run", "--side", "4", "--seconds", "400", "--jitter", "0.01", "--nudge", "0.5") == 0
    synchrony = json.loads(capfd.readouterr().out)["time_to_sync_s"]
    assert len(repr(synchrony).partition(".")[2]) == 1


def test_a_benchmark_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    """A line on stderr for each measurement, the figures alone on stdout."""
    monkeypatch.setattr(scale, "measure_side", lambda side, *_: {"side": side})
    assert run("bench", "scale") == 0
    out, err = capfd.readouterr()
    assert len(json.loads(out)["sides"]) == err.count("\n") == 5
    assert err.startswith("side 16 (1 of 5)\n")


def test_a_benchmark_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    """Exit code 1, and the last line of what failed."""
    monkeypatch.setattr(scale, "headless", lambda *_: measured("experiments.no_such"))
    assert run("bench", "scale") == 1
    last = capfd.readouterr().err.splitlines()[-1]
    assert last.startswith("fireflies bench: experiments.no_such failed: ")
    assert last.endswith("No module named experiments.no_such")


def test_the_module_is_the_command(capfd: Any) -> None:
    """``python -m experiments.run_fireflies --headless`` is ``fireflies run``."""
    assert run_fireflies.main(["--headless", "--side", "4", "--seconds", "3"]) == 0
    assert json.loads(capfd.readouterr().out)["agents"] == 16


def test_without_a_display_it_says_what_to_use(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    """One line that names the commands that need none, exit 2."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert run() == 2
    err = capfd.readouterr().err
    assert err.count("\n") == 1
    assert "fireflies run" in err


def test_headless_commands_load_no_qt() -> None:
    """A run in a process where Qt can't be imported."""
    code = (
        "import sys\n"
        "for name in ('PySide6', 'qasync', 'pyqtgraph', 'superqt', 'qtawesome', 'shiboken6'):\n"
        "    sys.modules[name] = None\n"
        "from gui.__main__ import main\n"
        "sys.exit(main(['run', '--side', '3', '--seconds', '1']))\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (found.returncode, found.stderr) == (0, b"")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("code", "option"),
    [
        ("import sys; from gui.__main__ import main; sys.exit(main())", "run"),
        (
            "import runpy; runpy.run_module('experiments.run_fireflies', run_name='__main__')",
            "--headless",
        ),
    ],
    ids=["gui", "module"],
)
def test_an_interrupted_run_leaves_quietly(
    tmp_path: Path, code: str, option: str, number: signal.Signals
) -> None:
    """A signal ends it with 128 + n, no traceback, and no half-written file."""
    with Child(code, option, "--seconds", 1e6, "--events", tmp_path / "o.csv") as process:
        deadline = time.monotonic() + 240
        while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(process.pid, number)
        try:
            out, err = process.communicate()
        finally:
            process.kill()
    assert (process.returncode, out, err) == (128 + number, "", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_benchmark_that_is_ended_ends_its_children() -> None:
    """The process that was measuring doesn't go on alone."""
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    child = f"import os, time; os.write({writer}, b'1'); time.sleep(60)"
    code = (
        "import os, subprocess, sys\n"
        "from functools import partial\n"
        "wait = subprocess.Popen.communicate\n"
        "subprocess.Popen.communicate = (\n"
        f"    lambda child, **limits: (os.write({writer}, b'2'), wait(child, **limits))[1])\n"
        f"subprocess.Popen = partial(subprocess.Popen, pass_fds=[{writer}])\n"
        "from experiments.processes import children\n"
        "from experiments.benchmarks.processes import measured\n"
        "from experiments.processes.unfinished import clean_up\n"
        "from gui.system.interrupts import exiting_at_once\n"
        "with exiting_at_once(clean_up):\n"
        f"    children.child_command = lambda *_: [sys.executable, '-c', {child!r}]\n"
        "    measured('')\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], pass_fds=[writer]) as process:
        os.close(writer)
        assert {os.read(reader, 1), os.read(reader, 1)} == {b"1", b"2"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=240) == 143
    assert os.read(reader, 1) == b"", "the child still holds the pipe"
    os.close(reader)
