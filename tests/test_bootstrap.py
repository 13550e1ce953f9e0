"""Setting up: which Python, when to install, what the system lacks, and what is pinned.

Nothing is downloaded here. A copy of the project gets a stand-in for Python, which
answers like one and notes what it was asked to make and to install.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

from gui.system import display, system_needs

ROOT = Path(__file__).resolve().parent.parent
SET_UP = ("Makefile", "pyproject.toml", "constraints.txt", "scripts", "gui")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="make and its set-up are for POSIX")

# Answers what the set-up asks a Python; runs scripts and the command line's with a real one.
STAND_IN = """#!/bin/sh
case "$*" in
  *bootstrap.py*|*__future__*|"-m gui.system.display") exec "{real}" "$@" ;;
  "-m venv "*) echo "venv $3" >> "$SETUP_LOG"
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip "*) echo "pip $*" >> "$SETUP_LOG"; exit "${{PIP_EXIT:-0}}" ;;
  *base_prefix*) echo '["{path}", {version}, "{path}"]' ;;
esac
"""


class Project:
    """A copy of what sets the project up, and a PATH on which only stand-ins are Python."""

    def __init__(self, folder: Path, commands: Path) -> None:
        self.folder, self.commands = folder, commands
        self.log = commands / "log"
        folder.mkdir()
        commands.mkdir()
        for name in SET_UP:
            if (ROOT / name).is_dir():
                no_caches = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, folder / name, ignore=no_caches)
            else:
                shutil.copy(ROOT / name, folder / name)
        for tool in ("make", "sh", "mkdir", "cp", "sed", "uname"):
            found = shutil.which(tool)
            assert found, f"{tool} is needed to test the set-up"
            (commands / tool).symlink_to(found)

    def add_python(self, name: str, version: tuple[int, int] = sys.version_info[:2]) -> Path:
        python = self.commands / name
        text = STAND_IN.format(real=sys.executable, path=python, version=list(version))
        python.write_text(text, encoding="utf-8")
        python.chmod(0o755)
        return python

    def start(self, target: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.commands / "make", target],
            cwd=self.folder,
            env={"PATH": str(self.commands), "SETUP_LOG": str(self.log), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def make(self, target: str, **variables: str) -> subprocess.CompletedProcess[str]:
        with self.start(target, **variables) as making:
            out, err = making.communicate(timeout=240)
        return subprocess.CompletedProcess(making.args, making.returncode, out, err)

    def made(self) -> list[str]:
        """Return the first words of what was made and installed since the last call."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [line.split()[0] for line in lines]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "a project", tmp_path / "commands")


@pytest.fixture(autouse=True)
def _no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here depends on where the tests are run."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def test_the_second_time_nothing_is_installed(project: Project) -> None:
    """A finished set-up is recognised; neither venv nor pip is started again."""
    project.add_python("python3")
    first = project.make("ready-run")
    assert first.returncode == 0, first.stderr
    assert project.made() == ["venv", "pip", "pip"]
    second = project.make("ready-run")
    assert (second.returncode, second.stdout, project.made()) == (0, "", [])


def test_a_set_up_says_one_line_a_step(project: Project) -> None:
    """What is made and what is installed; pip itself tells of errors alone."""
    project.add_python("python3")
    found = project.make("ready-run")
    first, second = found.stdout.splitlines()
    assert first.startswith("Making .venv with Python")
    assert second.startswith("Installing the pinned packages")
    assert found.stderr == ""
    calls = project.log.read_text(encoding="utf-8").splitlines()
    assert all("--quiet --quiet" in call for call in calls if call.startswith("pip"))


def test_running_installs_no_tools_of_development(project: Project) -> None:
    """`make run` leaves out the dev extra; `make test` adds it to the same environment."""
    project.add_python("python3")
    project.make("ready-run")
    assert "[dev]" not in project.log.read_text(encoding="utf-8")
    project.made()
    project.make("ready-dev")
    assert "-e .[dev]" in project.log.read_text(encoding="utf-8")
    assert project.made() == ["pip", "pip"]
    project.make("ready-run")
    assert project.made() == []


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_are_installed(project: Project, name: str) -> None:
    """A change of what is asked for installs again, into the environment that is there."""
    project.add_python("python3")
    project.make("ready-run")
    project.made()
    with (project.folder / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    project.make("ready-run")
    assert project.made() == ["pip", "pip"]


def test_an_interrupted_set_up_starts_afresh(project: Project) -> None:
    """A half-made environment is not trusted, whatever state it was left in."""
    project.add_python("python3")
    failed = project.make("ready-run", PIP_EXIT="1")
    assert failed.returncode != 0
    assert "failed with exit code 1" in failed.stderr
    project.made()
    assert project.make("ready-run").returncode == 0
    assert project.made() == ["venv", "pip", "pip"]


def test_two_at_once_do_not_disturb_each_other(project: Project) -> None:
    """`make run` in one terminal and `make test` in another make one environment in turn."""
    project.add_python("python3")
    running, testing = project.start("ready-run"), project.start("ready-dev")
    with running, testing:
        said = running.communicate(timeout=240), testing.communicate(timeout=240)
    assert (running.returncode, testing.returncode) == (0, 0), said
    assert project.made().count("venv") == 1


def test_an_environment_that_was_moved_is_made_anew(project: Project) -> None:
    """Environments hold absolute paths, so a moved one would run from the old folder."""
    project.add_python("python3")
    project.make("ready-run")
    project.made()
    project.folder = project.folder.rename(project.folder.with_name("moved"))
    project.make("ready-run")
    assert project.made() == ["venv", "pip", "pip"]


def test_an_environment_whose_python_is_gone_is_made_anew(project: Project) -> None:
    """After an upgrade of the system `.venv/bin/python` may lead nowhere."""
    project.add_python("python3")
    project.make("ready-run")
    project.made()
    python = project.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(project.folder / "nowhere")
    project.make("ready-run")
    assert project.made() == ["venv", "pip", "pip"]


def test_python_is_the_first_that_will_do(project: Project) -> None:
    """A python3 that is too old is passed over for one that is named by version."""
    project.add_python("python3", (3, 10))
    chosen = project.add_python("python3.12", (3, 12))
    project.add_python("python3.11", (3, 11))
    done = project.make("ready-run")
    assert f"with Python 3.12 ({chosen})" in done.stdout


@pytest.mark.parametrize("version", [(3, 14), (3, 15), (4, 0)])
def test_a_python_newer_than_all_that_were_tried_will_do(
    project: Project, version: tuple[int, int]
) -> None:
    """What comes next is not refused for being new; nor is it, under its own name."""
    name = "python3.{1}".format(*version) if version[1] else "python3"
    chosen = project.add_python(name, version)
    done = project.make("ready-run")
    assert "with Python {}.{} ({})".format(*version, chosen) in done.stdout
    assert project.made() == ["venv", "pip", "pip"]


def test_the_variable_python_decides(project: Project) -> None:
    """PYTHON goes before all others, and one that differs from `.venv` makes that anew."""
    project.add_python("python3", (3, 11))
    other = project.add_python("other-python", (3, 13))
    project.make("ready-run")
    project.made()
    done = project.make("ready-run", PYTHON=str(other))
    assert f"with Python 3.13 ({other})" in done.stdout
    assert project.made() == ["venv", "pip", "pip"]


def test_no_python_that_will_do_is_one_sentence(project: Project) -> None:
    """It says what is needed, what was found, and what to do; nothing is made."""
    project.add_python("python3", (3, 10))
    done = project.make("ready-run")
    said = done.stderr.splitlines()[0]
    assert done.returncode != 0
    assert "needs Python 3.11 or newer, but python3 is 3.10: install one" in said
    assert not (project.folder / ".venv").exists()


def test_no_python_at_all_is_one_sentence(project: Project) -> None:
    """Without any Python the Makefile itself says so."""
    done = project.make("ready-run")
    assert "needs Python 3.11 or newer, but found none" in done.stderr


def test_root_on_debian_gets_a_python_too(project: Project) -> None:
    """On a machine that has nothing but git and make."""
    project.add_python("stand-in")
    for name, does in (
        ("id", "echo 0"),
        ("apt-get", 'case "$*" in *" python3 "*) cp "${0%/*}/stand-in" "${0%/*}/python3" ;; esac'),
    ):
        tool = project.commands / name
        tool.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        tool.chmod(0o755)
    done = project.make("ready-run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Missing on this system: Python. Installing it.\nMaking .venv")
    assert project.made() == ["venv", "pip", "pip"]


def test_a_wrong_variable_python_is_named(project: Project) -> None:
    """The error quotes what PYTHON was set to."""
    project.add_python("python3")
    done = project.make("ready-run", PYTHON="no-such-python")
    assert done.returncode != 0
    assert "PYTHON must name Python 3.11 or newer, but 'no-such-python'" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be without a display")
@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"DISPLAY": ":4077"}, "DISPLAY is :4077, which doesn't open"),
        ({"QT_QPA_PLATFORM": "foo"}, "QT_QPA_PLATFORM is foo"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "QT_QPA_PLATFORM is offscreen"),
    ],
)
def test_without_a_display_a_picture_is_drawn(
    project: Project, variables: dict[str, str], reason: str
) -> None:
    """`make run` says why nobody could see a window; who draws the picture says where it is."""
    project.add_python("python3")
    project.make("ready-run")
    fireflies = project.folder / ".venv" / "bin" / "fireflies"
    fireflies.write_text('#!/bin/sh\necho "$QT_QPA_PLATFORM: $*"\n', encoding="utf-8")
    fireflies.chmod(0o755)
    done = project.make("run", ARGS="--side 20", **variables)
    assert done.returncode == 0, done.stderr
    assert f"There is no display here ({reason}" in done.stdout
    path = project.folder / "fireflies-preview.png"
    assert f"offscreen: --screenshot {path} --after 20 --side 20" in done.stdout


def test_libraries_are_looked_for_where_they_are_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A display asks for its own libraries, when it answers and there is to be a window."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system_needs, "can_load", lambda _soname: False)
    monkeypatch.setattr(system_needs, "has_font", lambda: False)
    monkeypatch.setattr(display, "refusal_of_display", {":4077": "not there"}.get)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    offscreen = [*system_needs.OFFSCREEN, system_needs.FONT]
    assert display.missing_for(window=True) == offscreen
    monkeypatch.setenv("DISPLAY", ":4077")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert display.missing_for(window=True) == offscreen
    monkeypatch.setenv("DISPLAY", ":0")
    assert display.missing_for(window=False) == offscreen
    assert set(display.missing_for(window=True)) == {*offscreen, *system_needs.X11}
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-0"))
        compositor.listen()
        assert set(display.missing_for(window=True)) >= set(system_needs.WAYLAND)


def _pretend(monkeypatch: pytest.MonkeyPatch, *, debian: bool, root: bool) -> list[list[str]]:
    """Pretend to be on that system; return the list that commands are noted in."""
    commands: list[list[str]] = []

    def run(command: Sequence[str], **_options: object) -> subprocess.CompletedProcess[str]:
        commands.append(list(command))
        known = command[0] != "apt-cache" or command[-1] == "libglib2.0-0t64"
        return subprocess.CompletedProcess(command, 0 if known else 100)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda name: name if debian else None)
    monkeypatch.setattr(os.path, "exists", lambda _path: debian)
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
    return commands


def test_root_on_debian_gets_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lists are renewed once, then one call installs all, under this release's names."""
    commands = _pretend(monkeypatch, debian=True, root=True)
    system_needs.provide(system_needs.OFFSCREEN, "run make again")
    installs = [command for command in commands if command[0] == "apt-get"]
    assert [("update" in c, "install" in c) for c in installs] == [(True, False), (False, True)]
    assert {"libegl1", "libglib2.0-0t64"} <= set(installs[1])
    assert "libglib2.0-0" not in installs[1]


def test_a_user_on_debian_gets_the_line_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the right to install, the set-up stops with one line to copy."""
    commands = _pretend(monkeypatch, debian=True, root=False)
    with pytest.raises(system_needs.NotProvidedError) as raised:
        system_needs.provide(system_needs.OFFSCREEN, "run make again")
    *_, line = str(raised.value).splitlines()
    assert line.startswith("sudo apt-get update && sudo apt-get install ")
    assert all(need.packages[0] in line for need in system_needs.OFFSCREEN)
    assert not [command for command in commands if command[0] == "apt-get"]


def test_tests_in_a_real_window_get_what_they_need_or_are_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As root on Debian their programs are installed; anywhere else nothing fails."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    real_window_needs = importlib.import_module("real_window_needs")

    commands = _pretend(monkeypatch, debian=True, root=True)
    monkeypatch.setattr(shutil, "which", {"apt-get": "apt-get"}.get)
    monkeypatch.setattr(system_needs, "can_load", lambda soname: "cursor" not in soname)
    assert real_window_needs.main() == 0
    (installed,) = (command for command in commands if "install" in command)
    wanted = ["xvfb", "openbox", "xdotool"]
    assert installed[-len(wanted) - 1 :] == [*wanted, "libxcb-cursor0"]
    commands = _pretend(monkeypatch, debian=False, root=True)
    assert real_window_needs.main() == 0
    assert commands == []
    assert "will be skipped. Missing on this system: Xvfb" in capsys.readouterr().err


def test_elsewhere_the_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other distributions have other package names, so the libraries themselves are listed."""
    commands = _pretend(monkeypatch, debian=False, root=True)
    with pytest.raises(system_needs.NotProvidedError, match=r"libGL\.so\.1, libEGL\.so\.1"):
        system_needs.provide(system_needs.OFFSCREEN, "run make again")
    assert commands == []


def _pins() -> list[tuple[str, str, str]]:
    """Name, version and marker of each pin; no marker is an empty one."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = []
    for line in lines:
        if line and not line.startswith("#"):
            pin, _, marker = line.partition("; ")
            name, version = pin.split("==")
            pins.append((_normalised(name), version, marker))
    return pins


def _pins_here() -> dict[str, str]:
    """The version of each package for the Python that runs this."""
    return {
        name: version
        for name, version, marker in _pins()
        if not marker or Marker(marker).evaluate()
    }


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_requirement_is_pinned() -> None:
    """What the project asks for, and what that asks for in turn, has an exact version."""
    pins = _pins_here()
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = asked["project"]["optional-dependencies"].values()
    waiting = asked["build-system"]["requires"] + asked["project"]["dependencies"]
    waiting += [requirement for extra in extras for requirement in extra]
    seen = {"cascade-fireflies"}
    while waiting:
        name = _normalised(re.split(r"[^\w.-]", waiting.pop())[0])
        if name in seen:
            continue
        seen.add(name)
        try:
            installed = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # asked for on another system, or on an older Python
        assert installed.version == pins.get(name), name
        waiting += [each for each in installed.requires or [] if "extra ==" not in each]
    assert {"numpy", "pyside6-essentials", "shiboken6", "pytest", "ruff"} <= seen


def test_constraints_hold_versions_alone() -> None:
    """No address, hash or option: the versions hold for whoever installs from wherever."""
    for name, version, marker in _pins():
        assert re.fullmatch(r"[a-z0-9-]+", name)
        assert re.fullmatch(r"\d+(\.\d+)*", version)
        assert re.fullmatch(r"(python_version (<|>=) '3\.\d+')?", marker)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14", "3.15"])
def test_every_python_has_one_version_of_each_package(python: str) -> None:
    """Markers leave neither a gap nor two versions, and no pin is one that was left out."""
    pins = [
        (name, version)
        for name, version, marker in _pins()
        if not marker or Marker(marker).evaluate({"python_version": python})
    ]
    assert len(dict(pins)) == len(pins)
    assert {name for name, _ in pins} == {name for name, _, _ in _pins()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in map(Requirement, project["dependencies"]):
        if requirement.marker is None or requirement.marker.evaluate({"python_version": python}):
            assert dict(pins)[_normalised(requirement.name)] in requirement.specifier


@pytest.mark.parametrize(
    ("version", "pythons"),
    [
        ("6.10.3", {"3.11", "3.12", "3.14"}),
        ("6.11.0", set()),
        ("6.11.1", set()),
        ("6.11.2", {"3.11", "3.12", "3.14"}),
        ("6.12.0", {"3.12", "3.14"}),
    ],
)
def test_versions_of_qt_that_are_broken_are_left_out(version: str, pythons: set[str]) -> None:
    """Of two docks and layouts resize wrongly; one aborts Python 3.11."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [each for each in map(Requirement, project["dependencies"]) if "PySide6" in each.name]
    taken = {
        python
        for python in ("3.11", "3.12", "3.14")
        for requirement in asked
        if requirement.marker is not None
        and requirement.marker.evaluate({"python_version": python})
        and version in requirement.specifier
    }
    assert taken == pythons


@pytest.mark.skipif(sys.platform != "linux", reason="the list is for Linux")
def test_every_library_that_qt_asks_for_is_known_by_its_package() -> None:
    """Whatever Qt's own files are linked with, beside the C library and what Qt brings."""
    import PySide6

    qt = Path(PySide6.__path__[0]) / "Qt"
    brought = {file.name for file in (qt / "lib").iterdir()}
    of_c = re.compile(r"lib(c|m|stdc\+\+|gcc_s|pthread|dl|rt)\.so\.\d+|ld-linux.*")

    def asked(*files: str) -> set[str]:
        found = set()
        for file in files:
            contents = (qt / file).read_bytes()
            found |= set(re.findall(rb"\0(lib[\w.+-]+\.so\.\d+)(?=\0)", contents))
        names = {name.decode() for name in found} - brought
        return {name for name in names if not of_c.fullmatch(name)}

    def known(needs: tuple[system_needs.Need, ...]) -> set[str]:
        assert all(need.packages for need in needs)
        return {need.what for need in needs}

    names = ("Core", "Gui", "Widgets", "Svg", "DBus")
    offscreen = known(system_needs.OFFSCREEN)
    assert asked(*(f"lib/libQt6{name}.so.6" for name in names)) <= offscreen
    assert asked("plugins/platforms/libqoffscreen.so") <= offscreen
    x11 = asked("plugins/platforms/libqxcb.so", "lib/libQt6XcbQpa.so.6")
    assert x11 <= offscreen | known(system_needs.X11)
    wayland = asked("plugins/platforms/libqwayland.so", "lib/libQt6WaylandClient.so.6")
    assert wayland <= offscreen | known(system_needs.WAYLAND)


def test_documented_make_commands_exist() -> None:
    """Every `make` command that a page names is a target, and every target is in the help."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    helped = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert helped == targets
    for page in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
        assert named
        assert named <= targets
