"""The onset of order: R of the Kuramoto model over its coupling, with what theory says.

Oscillators with Lorentzian frequencies of half width gamma stay apart up to a coupling of
2 gamma. Beyond, R is sqrt(1 - 2 gamma / K). At the onset itself R dies out so slowly that
something is left of it after any time.

    python examples/kuramoto.py                   2,000 oscillators, drawn in a window
    python examples/kuramoto.py order.png         drawn into a picture instead
    python examples/kuramoto.py order.png 500     fewer of them
"""

import os
import sys

import numpy as np
import pyqtgraph as pg
from pyqtgraph.exporters import ImageExporter

from experiments.reference import KuramotoModel, locked_coherence, lorentzian_frequencies

HALF_WIDTH = 0.5  # rad/s


def main(picture: str | None = None, n: int = 2000) -> None:
    frequencies = lorentzian_frequencies(n, HALF_WIDTH)
    couplings = np.arange(0.25, 4.01, 0.25)
    measured = [KuramotoModel(frequencies, coupling).coherence(40.0, 0.2) for coupling in couplings]
    print("   K      R  theory")
    for coupling, coherence in zip(couplings, measured, strict=True):
        print(f"{coupling:.2f}  {coherence:.3f}  {locked_coherence(coupling, HALF_WIDTH):6.3f}")

    if picture is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    pg.mkQApp()
    plot = pg.PlotWidget(title=f"Kuramoto model, {n:,} oscillators")
    plot.setLabel("bottom", "coupling K", units="rad/s")
    plot.setLabel("left", "R")
    plot.setYRange(0, 1)
    finely = np.linspace(0.01, 4, 800)
    plot.plot(finely, [locked_coherence(coupling, HALF_WIDTH) for coupling in finely])
    plot.plot(couplings, measured, pen=None, symbol="o", symbolSize=8)
    plot.resize(640, 420)
    plot.show()
    if picture is None:
        pg.exec()
    else:
        ImageExporter(plot.plotItem).export(picture)


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(int, sys.argv[2:3]))
