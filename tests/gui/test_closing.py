"""The end of the program: by its window, by signals, by errors; always clean and soon."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from experiments.processes.unfinished import ENDING_SIGNALS, exit_on_signal, exit_on_signals
from gui.models.metrics import METRICS
from gui.system.interrupts import SIGNALS, exiting_at_once
from tests.forked import Child, Process
from tests.gui.waiting import slowed

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

WINDOW = """
    import sys
    from experiments import Parameters
    from gui.app import make_application, show_window
    from gui.system.event_loop import run_app
    from gui.system.interrupts import exiting_at_once
    from PySide6.QtCore import QTimer

    def on_open(lab):
        def tell():
            if lab.simulation.now > 0.3:
                lab.window.grid.painted.disconnect(tell)
                print("running", flush=True)
                {then}
        lab.window.grid.painted.connect(tell)

    with exiting_at_once():
        sys.exit(run_app(show_window(Parameters(side=20), on_open), make_application()))
"""


def start(code: str, **environment: str) -> Child:
    """A process of the program that runs this code, drawing into memory."""
    return Child(code, environment={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment})


def start_anew(code: str, **environment: str) -> subprocess.Popen[str]:
    """The same in an interpreter of its own, which has imported nothing."""
    return subprocess.Popen(
        [sys.executable, "-W", "error::ResourceWarning", "-c", textwrap.dedent(code)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(process: Process, line: str) -> None:
    """Read its output up to this line."""
    assert process.stdout is not None
    assert process.stderr is not None
    for read in process.stdout:
        if read.strip() == line:
            return
    pytest.fail(f"ended without saying {line!r}: {process.stderr.read()}")


def end_of(process: Process) -> tuple[int, str, float]:
    """Exit code and error output, and how long it took."""
    began = time.monotonic()
    try:
        _, errors = process.communicate(timeout=240)
    finally:
        process.kill()
    return process.wait(), errors, time.monotonic() - began


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_mid_run_closes_cleanly(number: signal.Signals) -> None:
    """Exit code 128 + n, nothing on stderr, within two seconds."""
    process = start(WINDOW.format(then="pass").replace("side=20", "side=50"))
    wait_for(process, "running")
    process.send_signal(number)
    code, errors, took = end_of(process)
    assert errors == ""
    assert code == 128 + number
    assert took < slowed(2.0)


def test_closing_the_window_mid_run_is_clean() -> None:
    """Exit code 0, nothing on stderr, within two seconds."""
    process = start(WINDOW.format(then="QTimer.singleShot(0, lab.window.close)"))
    wait_for(process, "running")
    code, errors, took = end_of(process)
    assert errors == ""
    assert code == 0
    assert took < slowed(2.0)


def test_closing_while_the_swarm_is_being_made_is_clean() -> None:
    """Also in the middle of waking fireflies."""
    code = WINDOW.replace("if lab.simulation.now > 0.3:", "if True:")
    process = start(code.format(then="QTimer.singleShot(0, lab.window.close)"))
    wait_for(process, "running")
    assert end_of(process)[:2] == (0, "")


def test_a_close_that_takes_too_long_is_cut_short() -> None:
    """However many workflows there are, the window is gone within two seconds, with its code."""
    code = WINDOW.format(
        then="lab.simulation.aclose = lambda: asyncio.sleep(60); "
        "QTimer.singleShot(0, lab.window.close)"
    )
    process = start("    import asyncio\n" + code)
    wait_for(process, "running")
    left_with, errors, took = end_of(process)
    assert (left_with, errors) == (0, "")
    assert took < slowed(2.0)


def test_metrics_are_written_as_json_lines(tmp_path: Path) -> None:
    """Asked for, each second leaves a whole line with the documented metrics, though killed.

    A run that ends by itself has them in `test_a_recording_from_the_first_frame_on`.
    """
    path = tmp_path / "metrics.jsonl"
    process = start(
        f"""
        import sys
        from pathlib import Path
        from experiments import LineLog, Parameters
        from experiments.commands.starts import Start
        from gui.app import run_window
        with LineLog(Path({str(path)!r})) as lines:
            sys.exit(run_window(Start(Parameters(side=10)), metrics_lines=lines))
        """
    )
    deadline = time.monotonic() + 240
    while not (path.exists() and path.read_text().count("\n") >= 2):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.kill()
    assert end_of(process)[:2] == (-signal.SIGKILL, "")
    assert path.read_bytes().endswith(b"}\n")
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert set(METRICS) <= set(records[1])
    assert set(records[1]["loop_lag_ms"]) == {"min", "mean", "p99", "max"}
    assert 0 < records[0]["t"] < records[1]["t"]


def test_signals_one_after_the_other_close_once() -> None:
    """An impatient second and third signal change nothing, here those of a terminal that goes."""
    process = start(WINDOW.format(then="pass"))
    wait_for(process, "running")
    for _ in range(3):
        process.send_signal(signal.SIGHUP)
    code, errors, _ = end_of(process)
    assert (code, errors) == (128 + signal.SIGHUP, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_starting_leaves_at_once(number: signal.Signals) -> None:
    """Before there is anything to close: 128 + n and no traceback."""
    process = start(
        """
        import time
        from gui.system.interrupts import exiting_at_once
        with exiting_at_once():
            print("starting", flush=True)
            time.sleep(60)
        """
    )
    wait_for(process, "starting")
    process.send_signal(number)
    assert end_of(process)[:2] == (128 + number, "")


def test_an_error_of_the_program_is_shown_once_and_logged_and_the_run_goes_on(
    tmp_path: Path,
) -> None:
    """In words in the window, in full in a list and in a file; frames go on, the close is clean."""
    watching = """
    import asyncio

    tasks = []

    async def watch(lab):
        lab.pump.painting.make = None
        before = lab.simulation.now
        while lab.simulation.now < before + 0.5 or not lab.window.toast.text():
            await asyncio.sleep(0.01)
        print(lab.window.toast.text(), flush=True)
        print(lab.window.workbench.views["failures"].list.count(), flush=True)
        lab.window.close()
    """
    code = WINDOW.format(then="tasks.append(asyncio.create_task(watch(lab)))")
    process = start(f"{watching}{code}", XDG_STATE_HOME=str(tmp_path))
    wait_for(process, "running")
    assert process.stdout is not None
    words, problems = (process.stdout.readline().strip() for _ in range(2))
    log = tmp_path / "fireflies" / "log" / "errors.log"
    assert words.startswith("Error in the program: TypeError: 'NoneType' object is not callable")
    assert str(log) in words
    assert problems == "1"
    assert end_of(process)[:2] == (0, "")
    logged = log.read_text()
    assert logged.count("Traceback") == 1
    assert "painting.make(" in logged


def test_a_screenshot_is_saved_and_its_path_printed(tmp_path: Path) -> None:
    """A picture of 1280x800, twice the same, made without a display."""
    pictures = []
    for name in ("one.png", "two.png"):
        process = start(
            f"""
            import sys
            from pathlib import Path
            from experiments import Parameters
            from experiments.commands.starts import Start
            from gui.commands.screenshot import save_screenshot
            from gui.models.look import AT_FIRST
            path = Path({str(tmp_path / name)!r})
            sys.exit(save_screenshot(Start(Parameters(side=12)), path, 7.0, AT_FIRST))
            """
        )
        output, errors = process.communicate(timeout=240)
        assert (process.returncode, errors) == (0, "")
        assert output == f"{tmp_path / name}\n"
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0] == pictures[1]
    width, height = (int.from_bytes(pictures[0][k : k + 4], "big") for k in (16, 20))
    assert (width, height) == (1280, 800)


def test_an_unwritable_picture_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    """The path is named."""
    process = start(
        f"""
        import sys
        from pathlib import Path
        from experiments import Parameters
        from experiments.commands.starts import Start
        from gui.commands.screenshot import save_screenshot
        from gui.models.look import AT_FIRST
        path = Path({str(tmp_path)!r}) / "no" / "a.png"
        sys.exit(save_screenshot(Start(Parameters(side=3)), path, 0.0, AT_FIRST))
        """
    )
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 2
    assert errors.count("\n") == 1
    assert "a.png" in errors


def test_the_bench_measures(tmp_path: Path) -> None:
    """A short measurement has all its figures."""
    process = start(
        """
        import json
        from experiments import Parameters
        from gui.commands.bench import measure
        report = measure(
            Parameters(side=10), seconds=0.5, warmup=0.5, window=(900, 600), with_drag=True
        )
        print(json.dumps(report))
        """
    )
    output, errors = process.communicate(timeout=240)
    assert (process.returncode, errors) == (0, "")
    report = json.loads(output)
    for name in (
        "agents", "seconds", "fps", "frames_dropped", "speed_asked", "speed_achieved",
        "cpu_fraction", "first_paint_s", "longest_gc_ms",
    ):  # fmt: skip
        assert report[name] is not None, name
    for name in ("render_jitter_ms", "flush_duration_ms", "loop_lag_ms"):
        assert set(report[name]) == {"mean", "p50", "p99", "max"}
    assert report["agents"] == 100
    assert report["window"] == "900x600"
    assert "response" in report["panels"]
    assert report["drag"]["changes"] > 1
    assert set(report["drag"]["move_ms"]) == {"mean", "p50", "p99", "max"}


def test_importing_the_package_loads_no_qt() -> None:
    """Headless commands run where there is no Qt."""
    process = start_anew(
        """
        import sys
        import gui, gui.__main__, gui.system.interrupts, gui.picture.frame_buffer, gui.picture.theme
        import gui.models.coherence_trace, gui.models.scales
        import gui.models.metrics, gui.models.pacing, gui.models.status_readout
        import gui.controllers.pump, gui.controllers.wishes
        qt = ("PySide6", "qasync", "pyqtgraph", "superqt", "qtpy")
        loaded = [name for name in qt if name in sys.modules]
        sys.exit(f"loaded: {loaded}" if loaded else 0)
        """
    )
    _, errors = process.communicate(timeout=240)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("argparse", signal.SIGTERM),
        ("experiments", signal.SIGINT),
        ("PySide6.QtWidgets", signal.SIGTERM),
        ("gui.app", signal.SIGINT),
    ],
)
def test_a_signal_in_the_middle_of_loading_leaves_at_once(
    number: signal.Signals, module: str
) -> None:
    """Whatever is being imported: 128 + n, nothing on stderr."""
    process = start_anew(
        f"""
        import os, sys
        import gui.__main__

        class Signalling:
            def find_spec(self, name, path=None, target=None):
                if name == {module!r}:
                    os.kill(os.getpid(), {int(number)})

        sys.modules.pop({module!r}, None)
        sys.meta_path.insert(0, Signalling())
        sys.argv = ["fireflies"]
        sys.exit(gui.__main__.main())
        """
    )
    assert end_of(process)[:2] == (128 + number, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_the_very_end_spoils_nothing(number: signal.Signals) -> None:
    """The work is done: its exit code stays, however late in the interpreter's end it comes."""
    process = start(
        f"""
        import os, sys
        import gui.__main__

        class Late:
            def __del__(self, kill=os.kill, pid=os.getpid()):
                kill(pid, {int(number)})

        late = Late()
        late.itself = late  # goes with the modules, not before
        sys.argv = ["fireflies", "run", "--side", "3", "--seconds", "1"]
        sys.exit(gui.__main__.main())
        """
    )
    assert end_of(process)[:2] == (0, "")


@pytest.mark.parametrize("number", [signal.SIGHUP])
@pytest.mark.parametrize(
    "command",
    [
        "fireflies --side 5 --after 50 --screenshot p.png",
        "fireflies run --side 5 --events e.csv --phases p.npy --plot r.svg --save s.fireflies",
        "fireflies render --side 5 --size 64 -o v.mp4",
        "run_fireflies --headless --side 5 --events e.csv",
    ],
)
def test_a_signal_while_something_is_made_leaves_nothing_of_it(
    number: signal.Signals, command: str, tmp_path: Path
) -> None:
    """In the middle of a run for files: 128 + n, nothing on stderr, no file that is half done."""
    process = start(
        f"""
        import os, sys
        import gui.__main__, experiments.run_fireflies
        from experiments import Simulation; from experiments.commands import headless
        headless.TURN_S = 0.0  # else a run as short as this is over in one
        os.chdir({str(tmp_path)!r})
        advance = Simulation.run_until
        def signalling(simulation, *arguments):
            progress = advance(simulation, *arguments)
            os.kill(os.getpid(), {int(number)})
            return progress
        Simulation.run_until = Simulation.advance = signalling
        name, *sys.argv[1:] = {command.split()!r}
        main = {{"fireflies": gui.__main__, "run_fireflies": experiments.run_fireflies}}[name].main
        sys.exit(main())
        """
    )
    assert end_of(process)[:2] == (128 + number, "")
    assert list(tmp_path.iterdir()) == []


def test_a_signal_of_a_batch_system_ends_a_run_as_others_do(tmp_path: Path) -> None:
    """Out of processor time, in the middle of a run for files: 128 + n, nothing half done."""
    test_a_signal_while_something_is_made_leaves_nothing_of_it(
        signal.SIGXCPU, "fireflies run --side 5 --events e.csv", tmp_path
    )
    assert SIGNALS == ENDING_SIGNALS


def test_what_is_ignored_from_the_start_stays_so() -> None:
    """As ``nohup`` asks, and a shell for what it runs in the background: in every phase."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS[1:]}
    before[SIGNALS[0]] = signal.signal(SIGNALS[0], signal.SIG_DFL)
    try:
        with exiting_at_once():
            heard = [signal.getsignal(number) is not signal.SIG_IGN for number in SIGNALS]
            assert heard == [True] + [False] * (len(SIGNALS) - 1)
        exit_on_signals()
        assert signal.getsignal(SIGNALS[0]) is exit_on_signal
        assert all(signal.getsignal(number) is signal.SIG_IGN for number in SIGNALS[1:])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_close_leaves_the_signals_as_they_were() -> None:
    """While the loop's handlers are taken back, the system's own never has its turn."""
    process = start(
        """
        import asyncio, os, signal, sys
        from gui.app import make_application
        from gui.system.event_loop import run_app
        from gui.system.interrupts import calling_on_signal, exiting_at_once

        set_handler = signal.signal
        def watching(number, handler):
            assert handler not in (signal.SIG_DFL, signal.default_int_handler), "back to default"
            return set_handler(number, handler)

        async def main():
            told = asyncio.Event()
            with calling_on_signal(lambda _: told.set()):
                os.kill(os.getpid(), signal.SIGTERM)
                await told.wait()

        with exiting_at_once() as handlers:
            signal.signal = watching
            run_app(main(), make_application())
            handlers.ignore_from_now_on()
        """
    )
    assert end_of(process)[:2] == (0, "")
