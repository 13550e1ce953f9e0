"""The product itself, in a process of its own, that does what it is told line by line.

Each line of stdin is Python, an expression or statements; it is run between two events
of the window, and its value comes back as a line of JSON on stdout.
"""

from __future__ import annotations

import ast
import json
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gui.__main__ import main
from gui.system.application import make_application
from gui.views.window import Window

Box = tuple[int, int, int, int]
"""Left, top, width and height."""


class Prompt(QObject):
    """Takes lines from a thread and runs them where widgets may be touched."""

    line_read = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("prompt")
        self._names: dict[str, Any] = {"shown": shown}
        self.line_read.connect(self._on_line_read, Qt.ConnectionType.QueuedConnection)

    def read(self) -> None:
        """All lines there will be."""
        for line in sys.stdin:
            self.line_read.emit(line)

    def _on_line_read(self, line: str) -> None:
        try:
            answer = {"value": self._run(line)}
        except Exception:  # noqa: BLE001  (whoever asked is told)
            answer = {"error": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

    def _run(self, line: str) -> Any:
        windows = [each for each in QApplication.topLevelWidgets() if isinstance(each, Window)]
        self._names |= {"app": QApplication.instance(), "window": windows[0] if windows else None}
        body = ast.parse(json.loads(line)).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), "line", "exec"), self._names)
        if not isinstance(last, ast.Expr):
            return None
        return eval(compile(ast.Expression(last.value), "line", "eval"), self._names)


def shown(folder: str) -> list[tuple[str, Box, Box]]:
    """All windows that show, the lowest first, painted anew into files of BGRX pixels.

    Of each its name, which is that of its file, its place on the screen, and that with its
    frame; all in pixels of the screen.
    """
    found: list[tuple[str, Box, Box]] = []
    tops = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
    for top in sorted(tops, key=lambda each: not isinstance(each, Window)):
        if top.isMinimized():
            continue
        image = top.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        name = top.objectName() or type(top).__name__
        (Path(folder) / name).write_bytes(bytes(image.constBits()))
        place, frame = top.geometry(), top.frameGeometry()
        drawn = (place.x(), place.y(), image.width(), image.height())
        found.append((name, drawn, (frame.x(), frame.y(), frame.width(), frame.height())))
    return found


def run(arguments: list[str]) -> int:
    """The product with such options, which does what stdin says; its exit code."""
    make_application()
    prompt = Prompt()
    threading.Thread(target=prompt.read, daemon=True).start()
    return main(arguments)
