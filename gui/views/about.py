"""The about box: what this program is."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.picture.icons import mark
from gui.picture.theme import SIZES, Palette

_LIBRARIES: Final = ("PySide6-Essentials", "qasync", "pyqtgraph", "numpy")
_LICENCE_URL: Final = "https://opensource.org/license/mit"
_LOGO: Final = 48
_WIDTH: Final = 440


def version_of(package: str) -> str:
    """Version of an installed package, or that it is not known."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "of unknown version"


def about_text() -> str:
    """What the box says, as rich text."""
    libraries = ", ".join(
        f"{name.removesuffix('-Essentials')} {version_of(name)}" for name in _LIBRARIES
    )
    return (
        f"<h3>Fireflies {version_of('cascade-fireflies')}</h3>"
        "<p>A laboratory of synchronisation: thousands of fireflies, each a workflow of its own, "
        "on one shared engine.</p>"
        f"<p>Python {platform.python_version()}; {libraries}.</p>"
        f'<p>Free software under the <a href="{_LICENCE_URL}">MIT licence</a>. '
        "Qt and PySide6 are used under the LGPL; the icons are Phosphor's, MIT.</p>"
        '<p>The model follows <a href="https://doi.org/10.1137/0150098">Mirollo and Strogatz '
        "(1990)</a> in spirit; the order parameter is "
        '<a href="https://doi.org/10.1007/BFb0013365">Kuramoto\'s (1975)</a>.</p>'
    )


class AboutBox(QDialog):
    """Versions, licence and links; beside the window, which goes on."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Fireflies")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        logo = QLabel(self)
        logo.setPixmap(mark(palette, _LOGO))
        logo.setAlignment(Qt.AlignmentFlag.AlignTop)
        text = QLabel(about_text(), self)
        text.setTextFormat(Qt.TextFormat.RichText)
        text.setWordWrap(True)
        text.setFixedWidth(_WIDTH)
        text.setOpenExternalLinks(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.close)
        row = QHBoxLayout()
        row.setSpacing(3 * SIZES.rhythm)
        row.addWidget(logo)
        row.addWidget(text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[3 * SIZES.rhythm] * 4)
        layout.addLayout(row)
        layout.addWidget(buttons)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
