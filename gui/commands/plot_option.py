"""The option ``--plot`` of ``fireflies run``, and runs read out of recordings."""

from __future__ import annotations

import argparse
from pathlib import Path

from experiments import ExportSource, Provenance, Session, Simulation, sidecar_path
from experiments.commands.file_options import file_to_write
from experiments.commands.parsing import check_writable
from experiments.export.exports import one_of
from gui.models.exports import PLOT
from gui.recording.recorded_session import load_run
from gui.system.application import load_qt, make_application
from gui.system.display import use_offscreen


def add_plot_option(parser: argparse.ArgumentParser) -> None:
    """``--plot``, which needs Qt, so that only this command has it."""
    text = f"write {PLOT.holds}, {one_of(PLOT.formats)}"
    parser.add_argument(f"--{PLOT.option}", type=file_to_write, metavar="FILE", help=text)


class WindowHooks:
    """What the window lends to ``fireflies run``: the plot, and runs out of recordings."""

    def load(self, path: Path) -> Session:
        """The session in a session file, a recording or a picture."""
        return load_run(path)

    def check(self, parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
        """Refuse a file for the plot that can't be written, before anything runs."""
        path: Path | None = options.plot
        if path is None:
            return
        if path.suffix.lower() not in PLOT.formats:
            parser.error(f"--plot {path} must end in {one_of(PLOT.formats)}")
        check_writable(parser, "--plot", path)
        check_writable(parser, "--plot", sidecar_path(path))
        use_offscreen()
        load_qt()

    def finish(
        self,
        parser: argparse.ArgumentParser,
        options: argparse.Namespace,
        simulation: Simulation,
        provenance: Provenance,
    ) -> None:
        """Draw the plot of a run that has ended, if one is asked for; exits with 1 if it can't."""
        path: Path | None = options.plot
        if path is None:
            return

        from gui.instruments.plot_file import save_plot

        _application = make_application()  # it has the fonts
        try:
            save_plot(PLOT.take(ExportSource(simulation)), path, provenance.at_end_of(simulation))
        except OSError as error:
            words = f"--plot {path} can't be written: {error.strerror}"
            parser.exit(1, f"{parser.prog}: {' '.join(words.split())}\n")
