"""The application of this process: the one place where Qt is started.

Importing this loads no Qt. Qt aborts the process if it finds no display, and its messages
about missing libraries are obscure; so both are checked beforehand.
"""

from __future__ import annotations

import locale
import os
from typing import TYPE_CHECKING, Final

from gui.system import system_needs
from gui.system.display import NoDisplayError, use_display
from gui.system.fonts import have_a_font

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QApplication

_NAME: Final = "fireflies"

_BINDING: Final = {"PYQTGRAPH_QT_LIB": "PySide6", "QT_API": "pyside6"}
"""What libraries read that work with several bindings; ours is not the user's choice."""


_SIZES: Final = {"QT_SCALE_FACTOR": (0.25, 16.0), "QT_FONT_DPI": (24.0, 1_536.0)}
"""The values of Qt's variables that work."""


class QtStartError(Exception):
    """Qt can't be started here; the message says why, and what helps."""


def make_application() -> QApplication:
    """The one application of this process, in the window's style.

    Raises
    ------
    QtStartError
        It can't be made here.
    """
    _check_display()
    load_qt()
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    from gui.system.quitting import QuittableApplication

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QuittableApplication([_NAME])
    have_a_font()
    from gui.picture.icons import app_icon
    from gui.picture.theme import NIGHT

    app.setApplicationName(_NAME)
    app.setApplicationDisplayName("Fireflies")
    app.setDesktopFileName(_NAME)
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(app_icon(NIGHT)))
    return app


def make_drawing_application() -> QGuiApplication:
    """An application for what draws without widgets: without one Qt has no fonts.

    Raises
    ------
    QtStartError
        It can't be made here.
    """
    _check_display()
    load_qt()
    from PySide6.QtGui import QGuiApplication

    app = QGuiApplication.instance()
    if not isinstance(app, QGuiApplication):
        app = QGuiApplication([_NAME])
    have_a_font()
    return app


def load_qt() -> None:
    """Load Qt and nothing else.

    Raises
    ------
    QtStartError
        It can't be loaded.
    """
    choose_binding()
    _use_utf8()
    _ignore_impossible_sizes()
    try:
        import PySide6.QtGui  # noqa: F401
    except ImportError as error:
        if missing := system_needs.missing_of(system_needs.OFFSCREEN):
            words = system_needs.how_to_install(missing, "start Fireflies again")
            raise QtStartError(words) from error
        raise QtStartError(f"Qt can't be loaded: {error}") from error


def choose_binding() -> None:
    """Let all libraries use the binding that is installed with them."""
    os.environ.update(_BINDING)
    os.environ.pop("FORCE_QT_API", None)


def _use_utf8() -> None:
    """Choose a locale of UTF-8 where Qt, which needs one, would choose it with a warning."""
    if os.name == "posix" and locale.nl_langinfo(locale.CODESET).upper() not in ("UTF-8", "UTF8"):
        os.environ["LC_ALL" if os.environ.get("LC_ALL") else "LC_CTYPE"] = "C.UTF-8"


def _ignore_impossible_sizes() -> None:
    """Drop a scale at which nothing can be drawn, as Qt drops one that isn't a number."""
    for name, (low, high) in _SIZES.items():
        try:
            is_possible = low <= float(os.environ.get(name, low)) <= high
        except ValueError:
            continue
        if not is_possible:
            del os.environ[name]


def _check_display() -> None:
    try:
        use_display()
    except NoDisplayError as error:
        raise QtStartError(
            f"there is no display here: {error}. Use 'fireflies run' for a run without a window, "
            "or 'fireflies --screenshot picture.png --after 60' for a picture of it."
        ) from error
    except system_needs.NotProvidedError as error:
        raise QtStartError(str(error)) from error
