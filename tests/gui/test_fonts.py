"""Machines without a font, where Qt draws boxes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gui.system import fonts

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="fonts as Linux has them")
def test_without_a_font_the_icons_lend_theirs(tmp_path: Path) -> None:
    """However often Qt is started in a process; what it draws are letters all the same."""
    settings = tmp_path / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    code = (
        "from gui.system.application import make_application, make_drawing_application\n"
        "made = make_drawing_application(), make_drawing_application()\n"
        "from gui.picture.caption_painter import CaptionPainter\n"
        "painter = CaptionPainter(300, 200)\n"
        "picture = [painter.draw((each,)).tobytes() for each in ('ABC', 'XYZ', 'ABC')]\n"
        "print(picture[0] != picture[1], picture[0] == picture[2])\n"
    )
    given = {"FONTCONFIG_FILE": str(settings), "QT_QPA_PLATFORM": "offscreen"}
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stderr.startswith("fireflies: there is no font here: ")
    assert found.stderr.count("\n") == 1
    assert found.stdout == "True True\n", "boxes look all alike"


def test_with_fonts_nothing_is_said(qapp: QApplication, capfd: pytest.CaptureFixture[str]) -> None:
    """As on most machines."""
    fonts.have_a_font.cache_clear()
    fonts.have_a_font()
    assert capfd.readouterr().err == ""
