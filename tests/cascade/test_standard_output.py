"""What a command line prints reaches whoever is there, and numbers are taken as such."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cascade as cs
from cascade.option_parser import OptionParser
from cascade.standard_output import write_error, write_out

ROOT = Path(__file__).resolve().parents[2]


@cs.task
def echo(value: Any) -> Any:
    return value


def test_what_a_terminal_cannot_show_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """In results, in help, in refusals, and in names of files that are no text at all."""
    out, err = io.BytesIO(), io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, "ascii", errors="strict"))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(err, "ascii", errors="surrogateescape"))
    main = cs.cli(echo(cs.Param("ü", default=1)), description="Fünf …")
    assert main(["--ü", "3"]) == 3
    with pytest.raises(SystemExit) as helped:
        main(["--help"])
    assert helped.value.code == 0
    with pytest.raises(SystemExit) as refused:
        main(["--ü", "ö"])
    assert refused.value.code == 2
    cs.cli(echo(cs.Param("a", default="ä\udcff")))([])
    said = out.getvalue()
    assert said.startswith(b"3\n")
    assert b"F?nf ?" in said
    assert said.endswith(b"??\n")
    assert b"invalid int value: '?'" in err.getvalue()


def test_without_streams_nothing_is_written_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in a program without a console on Windows."""
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    main = cs.cli(echo(cs.Param("n", default=1)))
    assert main(["--n", "2"]) == 2
    for arguments, code in (["--help"], 0), (["--n", "x"], 2):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == code
    assert write_out("prog", "text")
    write_error("text")


def test_a_reader_that_had_enough_ends_a_command_line_quietly() -> None:
    """Whatever is printed, and however much; so does one of stderr."""
    code = (
        "import sys, cascade as cs\n"
        "echo = cs.task(lambda text: text * 10_000)\n"
        "cs.cli(echo(cs.Param('text', default='x', description='long ' * 5_000)))()\n"
    )
    for arguments, status in ([], 1), (["--help"], 1), (["--nothing"], 2):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            stdout=writer,
            stderr=writer if arguments == ["--nothing"] else subprocess.PIPE,
            check=False,
        )
        os.close(writer)
        assert (done.returncode, done.stderr or b"") == (status, b"")


@pytest.mark.skipif(os.name != "posix", reason="a shell's way to close files")
def test_a_file_never_takes_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    """Otherwise all that is printed would go into it."""
    code = (
        "import os, sys\n"
        "from cascade.standard_output import have_standard_streams, write_error, write_out\n"
        "have_standard_streams()\n"
        "with open('file', 'w') as file:\n"
        "    os.write(1, b'out'), os.write(2, b'err'), write_out('', 'out'), write_error('err')\n"
        "    print(file.fileno() > 2, sys.stderr.isatty(), sys.stdin.read(), file=file)\n"
    )
    shell = '"$0" -c "$1" <&- >&- 2>&-'
    done = subprocess.run(["sh", "-c", shell, sys.executable, code], cwd=tmp_path, check=False)
    assert done.returncode == 0
    assert (tmp_path / "file").read_text() == "True False \n"


@pytest.mark.parametrize("text", ["-1e-3", "-10.", "-.5", "-.5e1", "-inf", "-Infinity", "-nan"])
def test_every_negative_number_is_a_value(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Not an option that doesn't exist, for which one is missing; as it is with an equals sign."""
    main = cs.cli(echo(cs.Param("x", default=1.0)))
    found = main(["--x", text])
    assert repr(found) == repr(float(text)) == repr(main([f"--x={text}"]))
    whole = cs.cli(echo(cs.Param("n", default=1)))
    with pytest.raises(SystemExit):
        whole(["--n", text])
    assert f"invalid int value: '{text}'" in capsys.readouterr().err


def test_options_stay_options() -> None:
    """What begins with a dash and is no number is not taken for a value."""
    parser = OptionParser()
    parser.add_argument("--x", type=float)
    parser.add_argument("--info", action="store_true")
    parser.add_argument("-i", action="store_true")
    options = parser.parse_args(["--info", "-i", "--x", "-1e3"])
    assert (options.info, options.i, options.x) == (True, True, -1e3)
    with pytest.raises(SystemExit):
        parser.parse_args(["--x", "-i"])


def test_everything_is_printed_by_one_module() -> None:
    """So that each print can be shown, whatever the terminal, and no gone reader is an error."""
    others = {
        "cascade/standard_output.py",
        "experiments/benchmarks/bare_loop.py",  # measured as it was written
        "gui/system/interrupts.py",  # flushes on the way out
        "gui/recording/encoder.py",  # speaks JSON with its parent
        "gui/system/system_needs.py",  # used by the set-up, with any Python
        "gui/system/display.py",
    }
    printing = re.compile(r"\bprint\(|\bsys\.std(out|err)\.|file=sys\.std")
    found = {
        path.relative_to(ROOT).as_posix()
        for package in ("cascade", "experiments", "gui")
        for path in (ROOT / package).rglob("*.py")
        if any(
            printing.search(line) and "``" not in line
            for line in path.read_text(encoding="utf-8").splitlines()
        )
    }
    assert found <= others
