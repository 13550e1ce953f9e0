"""The theme: all colours, sizes and drawing numbers of the window, and its one style sheet."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from string import Template
from typing import Final

from experiments import Status


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme, as ``#RRGGBB``."""

    background: str
    panel: str
    raised: str
    lines: str
    disabled: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    warning: str
    handle: str
    noise_band: str
    noise_band_edge: str


NIGHT: Final = Palette(
    background="#0B1020",
    panel="#121A30",
    raised="#1B2644",
    lines="#24304F",
    disabled="#4A587F",
    text="#E6EAF5",
    muted="#93A0C0",
    accent="#FFB84D",
    accent_hover="#FFCB7D",
    warning="#FF7A59",
    handle="#E6EAF5",
    noise_band="#384C80",
    noise_band_edge="#6F82B8",
)

DAY: Final = Palette(
    background="#F7F5EF",
    panel="#FFFFFF",
    raised="#F1ECDF",
    lines="#DDD8CC",
    disabled="#A8A294",
    text="#1C2333",
    muted="#5F6676",
    accent="#A05F00",
    accent_hover="#8F5600",
    warning="#C23B17",
    handle="#1C2333",
    noise_band="#9FABC4",
    noise_band_edge="#6A7796",
)

GLOW_STOPS: Final = ("#10182C", "#B8741A", "#FFF3C4")
"""A firefly from dark to flash; the same in both themes."""

LIGHT_STOPS: Final = (
    (0.0, "#0A0F1D"),
    (0.10, "#24344A"),
    (0.19, "#4C3C38"),
    (0.32, "#7E5020"),
    (0.50, "#BC781E"),
    (0.75, "#FFC75A"),
    (1.0, "#FFF6D2"),
)
"""The light of fireflies, from the meadow at night over one at rest to a flash."""

GRID_MARGIN_COLOUR: Final = "#0A0E1C"
"""Around the grid; night in both themes."""

GRID_LINE_COLOUR: Final = "#1A2440"
"""The hairline around the grid."""

FAILED_COLOUR: Final = "#E0457B"
"""A firefly whose workflow has failed, in every view; none of their tables has it."""

UNKNOWN_COLOUR: Final = "#4F6A8A"
"""A firefly whose lateness isn't known, on the map of it."""

MARK_COLOURS: Final = {
    Status.SILENT: "#6FA8FF",
    Status.BLIND: "#D08CFF",
    Status.PACEMAKER: "#3FE0B0",
}
"""The dot of a firefly that something was done to; later ones go over earlier."""

DEFECT_COLOURS: Final = {1: "#FF9DBB", -1: "#7FD1FF"}
"""The edge of the mark of a phase defect, by the sign of its charge; its shape says it too."""

_VEIL: Final = 0.85
"""How opaque the ground of words is through which the grid is seen: over a flash, which is the
brightest that it can be, their contrast is 9:1."""

GRID_NIGHT: Final = NIGHT
"""What is written on the grid is written in night colours."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths in pixels.

    Those from `toolbar` on grow and shrink with the text.
    """

    rhythm: int = 8
    window_width: int = 1280
    window_height: int = 800
    least_width: int = 600
    least_height: int = 400
    plot: int = 150
    groove: int = 4
    handle: int = 14
    instrument: int = 224
    least_panel: int = 240
    float_offset: int = 32
    float_frame: int = 2
    toolbar: int = 48
    status: int = 24
    panel: int = 312
    button: int = 32
    icon: int = 18
    logo: int = 20
    text: int = 13
    small_text: int = 12
    title_text: int = 16
    story_text: int = 18
    caption_text: int = 11
    value_field: int = 104
    speed_slider: int = 176
    speed_field: int = 80
    dock_title: int = 28
    small_icon: int = 14
    small_button: int = 20

    def with_text(self, scale: float) -> Sizes:
        """The same with larger or smaller text; 1 is the usual size."""
        if scale == 1.0:
            return self
        return replace(self, **{name: round(getattr(self, name) * scale) for name in _WITH_TEXT})


_NAMES: Final = [each.name for each in fields(Sizes)]
_WITH_TEXT: Final = _NAMES[_NAMES.index("toolbar") :]

SIZES: Final = Sizes()

_STYLE: Final = Template("""
* { font-size: ${text_size}px; }
QToolTip {
    background: $raised; color: $text; border: 1px solid $lines; padding: 6px 8px;
}
QWidget#window { background: $background; }
QWidget#toolbar { background: $panel; border-bottom: 1px solid $lines; }
QWidget#panel { background: $panel; }
QScrollArea#panelScroll, QScrollArea#bench { background: $panel; border: none; }
QWidget#timeline { background: $raised; border-top: 1px solid $lines; }
QWidget#notice, QWidget#question {
    background: $raised; border: 1px solid $muted; border-radius: 6px;
}
QLineEdit#answer {
    background: $background; color: $text; border: 1px solid $muted; border-radius: 4px;
    padding: 3px 8px; selection-background-color: $accent; selection-color: $background;
}
QLineEdit#answer:focus { border-color: $accent; }
QWidget#statusLine { background: $panel; border-top: 1px solid $lines; }
QWidget#plotArea { background: $background; }
QLabel { color: $text; background: transparent; }
QLabel#title { font-size: ${title_size}px; font-weight: 600; }
QLabel#caption { color: $muted; font-size: ${caption_size}px; font-weight: 600; }
QLabel#muted { color: $muted; }
QLabel#hint, QLabel#figure { color: $muted; font-size: ${small_size}px; }
QLabel#refusalBubble {
    background: $raised; color: $warning; border: 1px solid $lines; border-radius: 6px;
    padding: 4px 8px; font-size: ${small_size}px;
}
QLabel#failed, QLabel#recording { color: $warning; }
QLabel#gridSign, QLabel#gridNote, QLabel#gridToast, QLabel#gridKeys {
    background: $grid_panel; color: $grid_text; border: 1px solid $grid_lines;
    border-radius: 6px; padding: 6px 12px; font-size: ${small_size}px;
}
QLabel#gridKeys {
    font-size: ${text_size}px; padding: 15px 23px; border: none; border-radius: 0;
}
QScrollArea#keySheet { background: $grid_panel; border: 1px solid $grid_lines; }
QLabel#gridNote { font-size: ${text_size}px; padding: 12px 20px; }
QLabel#gridStory {
    background: rgba($grid_veil); color: $grid_text; border: none;
    border-radius: 8px; padding: 16px 24px; font-size: ${story_size}px;
}
QToolButton {
    background: transparent; border: 1px solid transparent; border-radius: 6px; color: $text;
}
QToolButton:hover { background: $raised; }
QToolButton:pressed { background: $lines; }
QToolButton:focus { border-color: $accent; }
QMenu { background: $raised; color: $text; border: 1px solid $lines; padding: 4px; }
QMenu#recent { icon-size: 40px; }
QMenu#recent::item { padding: 6px 24px 6px 8px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:disabled { color: $muted; }
QMenu::item:selected { background: $lines; }
QMenu::separator { height: 1px; background: $lines; margin: 4px 8px; }
QToolButton#view { border-color: $lines; padding: 4px 0; font-size: ${small_size}px; }
QToolButton#view:checked { background: $raised; border-color: $accent; color: $accent; }
QToolButton#view:focus { border-color: $text; }
QToolButton:disabled { color: $muted; }
QAbstractSpinBox#value {
    background: transparent; color: $text; border: none; padding: 1px 16px 1px 0;
    border-top: 1px solid transparent; border-bottom: 1px solid transparent;
    selection-background-color: $accent; selection-color: $background;
}
QAbstractSpinBox#value:hover { border-bottom-color: $muted; }
QAbstractSpinBox#value:focus { border-bottom-color: $accent; }
QAbstractSpinBox#value:disabled { color: $muted; }
QAbstractSpinBox#value::up-button, QAbstractSpinBox#value::down-button {
    background: transparent; border: none; width: 14px; subcontrol-origin: border;
}
QAbstractSpinBox#value::up-button { subcontrol-position: top right; }
QAbstractSpinBox#value::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox#value::up-arrow, QAbstractSpinBox#value::down-arrow { image: none; }
QWidget#dockTitle { background: $panel; border-bottom: 1px solid $lines; }
QLabel#dockCaption { color: $muted; font-size: ${small_size}px; font-weight: 600; }
QMainWindow#workbench { background: $lines; }
QMainWindow#workbench::separator { background: $lines; width: 3px; height: 3px; }
QMainWindow#workbench::separator:hover { background: $accent; }
QDockWidget { color: $text; }
QMainWindow#workbench > QTabBar { background: $panel; }
QTabBar::tab {
    background: $panel; color: $muted; padding: 4px 8px; border: none;
    border-top: 2px solid transparent;
}
QTabBar::tab:selected { color: $text; border-top-color: $accent; }
QTabBar:focus::tab:selected { color: $accent; }
QTabBar::tear { width: 0; border: none; }
QListWidget#gallery { background: $panel; border: none; outline: none; }
QListWidget#problems, QPlainTextEdit#problems {
    background: $background; color: $text; border: none; font-size: ${small_size}px;
    selection-background-color: $raised; selection-color: $text;
}
QPushButton {
    background: $raised; color: $text; border: 1px solid $lines; border-radius: 6px;
    padding: 4px 16px;
}
QPushButton:hover { border-color: $muted; }
QPushButton:focus { border-color: $accent; }
QPushButton:pressed { background: $lines; }
QPushButton:disabled { color: $muted; }
QWidget#timeline QPushButton, QWidget#notice QPushButton, QWidget#question QPushButton {
    background: $panel;
}
QPushButton#gridCancel {
    background: $grid_panel; color: $grid_text; border-color: $grid_lines;
}
QPushButton#preset { text-align: left; padding: 4px 8px; }
QPushButton, QToolButton, QSlider, QTabBar { outline: none; }
QDialog { background: $panel; }
QSlider {
    min-height: ${handle_row}px; background: transparent; border: 1px solid transparent;
    border-radius: 6px;
}
QSlider:focus { border-color: $accent; }
QSlider::groove:horizontal {
    height: ${groove}px; border-radius: ${half_groove}px; background: $lines;
}
QSlider::sub-page:horizontal { border-radius: ${half_groove}px; background: $accent; }
QSlider::handle:horizontal {
    width: ${handle}px; height: ${handle}px; margin: -${handle_out}px 0;
    border-radius: ${half_handle}px; background: $handle_colour;
}
QSlider::handle:horizontal:hover { background: $accent_hover; }
QSlider::handle:horizontal:focus {
    width: ${focused_handle}px; height: ${focused_handle}px; border: 2px solid $accent;
}
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled { background: $muted; }
QScrollBar:vertical { background: $panel; width: 10px; margin: 0; }
QScrollBar::handle:vertical {
    background: $lines; border-radius: 4px; min-height: 32px; margin: 1px;
}
QScrollBar::handle:vertical:hover { background: $muted; }
QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical { height: 0; }
QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical { background: transparent; }
QScrollBar:horizontal { background: $panel; height: 10px; margin: 0; }
QScrollBar::handle:horizontal {
    background: $lines; border-radius: 4px; min-width: 32px; margin: 1px;
}
QScrollBar::handle:horizontal:hover { background: $muted; }
QScrollBar::add-line:horizontal, QScrollBar::sub-line:horizontal { width: 0; }
QScrollBar::add-page:horizontal, QScrollBar::sub-page:horizontal { background: transparent; }
QAbstractScrollArea::corner { background: $panel; }
""")


def style_sheet(palette: Palette = NIGHT, sizes: Sizes = SIZES) -> str:
    """The window's one style sheet."""
    return _STYLE.substitute(
        background=palette.background,
        panel=palette.panel,
        raised=palette.raised,
        lines=palette.lines,
        text=palette.text,
        muted=palette.muted,
        accent=palette.accent,
        accent_hover=palette.accent_hover,
        warning=palette.warning,
        handle_colour=palette.handle,
        grid_panel=GRID_NIGHT.panel,
        grid_text=GRID_NIGHT.text,
        grid_veil=f"{', '.join(str(each) for each in bytes.fromhex(GRID_NIGHT.panel[1:]))}, "
        f"{round(100 * _VEIL)}%",
        grid_lines=GRID_NIGHT.lines,
        text_size=sizes.text,
        small_size=sizes.small_text,
        title_size=sizes.title_text,
        story_size=sizes.story_text,
        caption_size=sizes.caption_text,
        groove=sizes.groove,
        half_groove=sizes.groove // 2,
        handle=sizes.handle,
        half_handle=sizes.handle // 2,
        focused_handle=sizes.handle - 4,
        handle_out=(sizes.handle - sizes.groove) // 2,
        handle_row=sizes.handle + 6,
    )
