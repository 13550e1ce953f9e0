"""The choice of a preset."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette
from gui.views.actions import Actions

NONE_CHOSEN = "Choose a preset"

_LONGEST_NAME: Final = 40
_LONGEST_SENTENCE: Final = 300


def _brief(words: str, most: int) -> str:
    """Text from a stranger's file, on one line and cut off."""
    flat = " ".join(words.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


class Sentence(QLabel):
    """A sentence that keeps the room of another, so that nothing below it jumps.

    Dragging a slider changes what can be said of the preset, and the slider has to stay below
    the pointer.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hint")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        self.setSizePolicy(policy)
        self._usual = ""

    def show_words(self, words: str, usual: str) -> None:
        """Show a sentence, in no less room than the usual one takes; none hides it."""
        self._usual = usual
        self.setText(words)
        self.updateGeometry()
        self.setVisible(bool(words))

    def heightForWidth(self, width: int) -> int:
        """As high as the higher of both, and two lines where one may take the other's place."""
        height = super().heightForWidth(width)
        if not self._usual:
            return height
        metrics, room = self.fontMetrics(), QRect(0, 0, width, 0)
        usual = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self._usual).height()
        return max(height, usual, 2 * metrics.lineSpacing())


class PresetBar(QWidget):
    """Shows which preset was chosen, and what there is to see; a click opens the gallery."""

    def __init__(self, actions: Actions, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.button = QPushButton(NONE_CHOSEN, self)
        self.button.setObjectName("preset")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow is on the right
        # A long name is cut off rather than that the panel grows.
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.button.setIconSize(QSize(SIZES.small_icon, SIZES.small_icon))
        self.button.setToolTip("Settings that show something worth seeing; drop a file to open it")
        self.button.clicked.connect(actions["presets"].trigger)
        self.sentence = Sentence(self)
        self.sentence.hide()
        row = QHBoxLayout()
        row.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.rhythm // 2)
        layout.addLayout(row)
        layout.addWidget(self.sentence)
        self.show_palette(palette)
        self.show_preset("", "")

    def show_preset(self, name: str, sentence: str, usual: str = "") -> None:
        """Show which preset the run began with, no name for none; in the room of what is usual."""
        shown = _brief(name, _LONGEST_NAME)
        self.button.setText(shown.replace("&", "&&") or NONE_CHOSEN)
        self.button.setAccessibleName(f"Preset: {shown or 'none'}")
        words, room = (_brief(each, _LONGEST_SENTENCE) for each in (sentence, usual))
        self.sentence.show_words(words, room)

    def show_palette(self, palette: Palette) -> None:
        """Take on the colours of a theme."""
        self.button.setIcon(icon("caret-down", palette, is_quiet=True))
