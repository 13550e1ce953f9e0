"""Starting on machines that lack something: a display, libraries, a sane environment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments import run_fireflies
from gui.__main__ import main
from gui.system import application, display, system_needs
from gui.system.display import (
    PLATFORM,
    NoDisplayError,
    use_display,
    use_offscreen,
    use_offscreen_unless_told,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="displays as Linux has them")

_NO_DISPLAY = "DISPLAY is :4077, which doesn't open"
_NO_COMPOSITOR = "WAYLAND_DISPLAY is nope, which doesn't open"


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Sets variables in an environment that says nothing of displays."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(PLATFORM, "")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    def set_all(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_all


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"DISPLAY": ":4077"}, _NO_DISPLAY),
        ({"DISPLAY": "what"}, "DISPLAY is what, which doesn't open"),
        ({"WAYLAND_DISPLAY": "nope"}, _NO_COMPOSITOR),
        ({"WAYLAND_DISPLAY": "nope", "DISPLAY": ":4077"}, f"{_NO_COMPOSITOR}; {_NO_DISPLAY}"),
        ({"XDG_SESSION_TYPE": "wayland"}, "WAYLAND_DISPLAY is wayland-0, which doesn't open"),
        ({"WAYLAND_DISPLAY": "nope", "XDG_RUNTIME_DIR": ""}, "but XDG_RUNTIME_DIR is not set"),
        ({PLATFORM: "foo"}, f"{PLATFORM} is foo, but Qt has eglfs, linuxfb, minimal"),
        ({PLATFORM: "xcb"}, "DISPLAY is not set"),
        ({PLATFORM: "minimal"}, f"{PLATFORM} is minimal, which shows no window"),
        ({PLATFORM: "vkkhrdisplay"}, f"{PLATFORM} is vkkhrdisplay, which shows no window"),
        ({PLATFORM: ";"}, f"{PLATFORM} is ;, but Qt has"),
        ({PLATFORM: "wayland-egl;xcb:x", "DISPLAY": ":4077"}, _NO_DISPLAY),
    ],
)
@pytest.mark.parametrize("start", [main, run_fireflies.main], ids=["command", "module"])
def test_a_window_without_a_display_is_one_line_that_says_why(
    environ: Callable[..., None],
    capfd: pytest.CaptureFixture[str],
    start: Callable[[list[str]], int],
    variables: dict[str, str],
    why: str,
) -> None:
    """It names the commands that need none; exit 2, and Qt never gets to abort."""
    environ(**variables)
    assert start([]) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("fireflies: there is no display here: ")
    assert why in err
    assert "fireflies run" in err
    assert "--screenshot" in err


def test_the_first_display_that_answers_is_used(
    environ: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt is told which, so that it doesn't complain of those that don't, or lack libraries."""
    lacking = ""
    monkeypatch.setattr(system_needs, "can_load", lambda soname: soname != lacking)
    environ(WAYLAND_DISPLAY="here", DISPLAY=":4077")
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "here"))
        compositor.listen()
        use_display()
        assert os.environ[PLATFORM] == "wayland"
        environ(**{PLATFORM: "foo;wayland"})
        use_display()
        assert os.environ[PLATFORM] == "wayland"
        lacking = "libwayland-cursor.so.0"
        environ(**{PLATFORM: "wayland;offscreen"})
        use_display()
        assert os.environ[PLATFORM] == "offscreen"
        environ(**{PLATFORM: "", "WAYLAND_DISPLAY": "nope"})
        with pytest.raises(NoDisplayError):
            use_display()


def test_an_x_server_that_hangs_is_not_waited_for(
    environ: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the connection and says nothing; and one that refuses says why."""
    monkeypatch.setattr(display, "LONGEST_ANSWER_S", 0.05)
    number = os.getpid()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")  # where libraries look first on Linux
        server.listen()
        environ(DISPLAY=f":{number}")
        with pytest.raises(NoDisplayError, match=r"has not answered for 0\.05 s"):
            use_display()
        client, _ = server.accept()
        client.close()


def test_what_needs_no_display_draws_into_memory_whatever_is_said(
    environ: Callable[..., None],
) -> None:
    """Only a benchmark may be told another platform, if that works."""
    environ(**{PLATFORM: "foo"})
    use_offscreen_unless_told()
    assert os.environ[PLATFORM] == "offscreen"
    environ(**{PLATFORM: "xcb"})
    use_offscreen()
    assert os.environ[PLATFORM] == "offscreen"
    environ(**{PLATFORM: "offscreen:configfile=a.json"})
    use_offscreen()
    assert os.environ[PLATFORM] == "offscreen:configfile=a.json"
    environ(**{PLATFORM: "minimal"})  # without fonts
    use_offscreen_unless_told()
    assert os.environ[PLATFORM] == "offscreen"


@pytest.mark.slow
def test_every_start_of_qt_holds_in_a_hostile_environment(tmp_path: Path) -> None:
    """A picture, a plot and a video: no display, other bindings, no scale, no UTF-8."""
    hostile = {
        PLATFORM: "foo",
        "DISPLAY": ":4077",
        "WAYLAND_DISPLAY": "nope",
        "PYQTGRAPH_QT_LIB": "PyQt6",
        "QT_API": "nonsense",
        "FORCE_QT_API": "1",
        "QT_SCALE_FACTOR": "0",
        "QT_FONT_DPI": "-1",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "ascii",
    }
    code = (
        "import sys; from gui.__main__ import main\n"
        "starts = ('--screenshot p.png', 'run --seconds 1 --plot p.svg',\n"
        "          'render --seconds 0.2 --size 64x64 -o \\udcc3\\udcbc.gif')\n"
        "sys.exit(sum(main([*each.split(), '--side', '3']) for each in starts))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | hostile,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.suffix for path in tmp_path.iterdir()} >= {".png", ".svg", ".gif"}


def test_missing_libraries_are_told_as_the_set_up_tells_them(
    environ: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Their names, and the line that installs them; whether Qt is asked or the loader."""
    environ(**{PLATFORM: "offscreen"})
    lacking = {"libEGL.so.1", "libGL.so.1"}
    monkeypatch.setattr(system_needs, "can_load", lambda soname: soname not in lacking)
    assert main([]) == 2
    help_of_set_up = system_needs.how_to_install(
        system_needs.missing_of(system_needs.OFFSCREEN), "start Fireflies again"
    )
    assert capfd.readouterr().err == f"fireflies: {help_of_set_up}\n"
    assert all(name in help_of_set_up for name in lacking)
    monkeypatch.setitem(sys.modules, "PySide6.QtGui", None)
    with pytest.raises(application.QtStartError) as raised:
        application.load_qt()
    assert str(raised.value) == help_of_set_up
    lacking.clear()
    with pytest.raises(application.QtStartError, match=r"Qt can't be loaded: .*PySide6\.QtGui"):
        application.load_qt()


def test_the_libraries_of_a_display_are_looked_for_before_qt_aborts(
    environ: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each platform's own: Qt itself would end the process."""
    monkeypatch.setattr(display, "refusal_of_platform", lambda _platform: None)
    monkeypatch.setattr(system_needs, "can_load", lambda soname: "cursor" not in soname)
    for platform, library in (
        ("xcb", "libxcb-cursor.so.0"),
        ("wayland-egl", "libwayland-cursor.so.0"),
    ):
        environ(**{PLATFORM: platform})
        with pytest.raises(system_needs.NotProvidedError, match=library) as raised:
            use_display()
        assert str(raised.value).count("cursor.so") == 1
    environ(**{PLATFORM: "offscreen"})
    use_display()


@pytest.mark.slow
def test_a_platform_that_nobody_knows_beforehand_is_tried_out(
    environ: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own, which may abort: no window, or the one that Qt can open."""
    monkeypatch.setattr(display, "platform_plugins", lambda: None)  # as a distribution lays Qt out
    environ(**{PLATFORM: "foo"})
    with pytest.raises(NoDisplayError, match=f"{PLATFORM} is foo, which doesn't open"):
        use_display()
    assert display.opens_elsewhere("minimal")
