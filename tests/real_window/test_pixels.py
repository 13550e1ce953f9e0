"""What the screen shows is what there is: nothing old stays, whatever was done before."""

from __future__ import annotations

import pytest

from gui.instruments.registry import PANELS
from gui.picture.theme import GRID_MARGIN_COLOUR, NIGHT
from tests.real_window.desktop import Product, wait_until

# Where the grid's view and the picture of the swarm in it are, in pixels of the screen.
_PLACES = """
corner = window.grid.mapToGlobal(window.grid.rect().topLeft())
a, b = window.grid.cell_rect(0), window.grid.cell_rect(window.grid.side ** 2 - 1)
([corner.x(), corner.y(), window.grid.width(), window.grid.height()],
 [a.left(), a.top(), b.right(), b.bottom()])
"""


_IS_THERE = "window.windowHandle().isExposed()"


def odd_margin_pixels(product: Product) -> int:
    """How many pixels around the grid have another colour than its margin."""
    (left, top, width, height), picture = product.do(_PLACES)
    view = product.desktop.pixels()[top : top + height, left : left + width]
    odd = view != int(GRID_MARGIN_COLOUR.removeprefix("#"), 16)
    x0, y0, x1, y1 = (round(each) for each in picture)
    odd[y0 - 2 : y1 + 2, x0 - 2 : x1 + 2] = False  # the hairline too
    return int(odd.sum())


def wait_until_margin_is_clean(product: Product) -> None:
    """Wait until nothing is left around the grid; the rest need not stand still."""
    wait_until(lambda: not odd_margin_pixels(product), "old pixels around the grid")


def wait_until_clean(product: Product) -> None:
    """Wait until the screen is as painted anew, and nothing is left around the grid."""
    product.wait_until_whole()
    wait_until_margin_is_clean(product)


def test_a_grid_of_another_side_leaves_nothing_of_the_one_before(shown: Product) -> None:
    """Waves after the start, smaller and larger sides: the margin is the margin's colour."""
    shown.do("window.presetRequested.emit('Waves')")
    shown.wait_until("window.grid.side == 60")
    wait_until_margin_is_clean(shown)
    for side in (7, 50, 3, 12):
        shown.do(f"window.sliders['side'].valueTyped.emit('side', '{side}')")
        shown.wait_until(f"window.grid.side == {side}")
        wait_until_margin_is_clean(shown)


def test_every_view_is_painted_whole(shown: Product) -> None:
    """By its number, each after each."""
    for key in (2, 3, 1):
        shown.desktop.press(str(key))
        shown.wait_until(f"list(window.panel.view_bar.buttons.values())[{key - 1}].isChecked()")
        wait_until_clean(shown)


@pytest.mark.slow
def test_a_window_of_another_size_is_painted_whole(shown: Product) -> None:
    """Smaller, larger, maximised, minimised, on the full screen, and back."""
    for code, is_so in (
        ("window.resize(900, 610)", "window.width() == 900"),
        ("window.resize(1500, 900)", "window.width() == 1500"),
        ("window.resize(1501, 777)", "window.width() == 1501"),
        ("window.showMaximized()", "window.width() == 1918 or window.width() == 1920"),
        ("window.showNormal()", "window.width() == 1501"),
        # Shown again before it is away, it would be put away by whoever is late to do so.
        ("window.showMinimized()", f"window.isMinimized() and not {_IS_THERE}"),
        ("window.showNormal()", f"not window.isMinimized() and {_IS_THERE}"),
        ("window.activateWindow()", "window.isActiveWindow()"),
        ("window.toggle_grid_alone()", "window.width() == 1920 and window.height() == 1080"),
        ("window.show_toast('')", "True"),
        ("window.toggle_grid_alone()", "window.width() == 1501"),
    ):
        shown.do(code)
        shown.wait_until(is_so)
        if not shown.do("window.isMinimized() or window.is_grid_alone"):
            wait_until_clean(shown)
        else:
            shown.wait_until_whole()


@pytest.mark.slow
def test_panels_shown_floated_and_hidden_leave_nothing_behind(shown: Product) -> None:
    """Each in turn, all of them, and none."""
    for name in PANELS:
        shown.do(f"window.ask('panel {name}')")
        shown.wait_until_whole()
    shown.do("for dock in window.workbench.docks.values(): dock.show()")
    wait_until_clean(shown)
    floated = "window.workbench.docks['circle']"
    shown.do(f"before = {floated}.mapToGlobal({floated}.rect().topLeft())")
    shown.do(f"{floated}.title.floatRequested.emit()")
    shown.wait_until(f"{floated}.isFloating() and {floated}.pos() != before")
    shown.wait_until(f"{floated}.screen().geometry().contains({floated}.frameGeometry())")
    shown.wait_until_whole()  # it may lie over the grid's margin
    x, y = shown.do(f"list({floated}.geometry().getRect()[:2])")
    shown_frame = shown.desktop.pixels()[y : y + 40, x]  # a line all around it
    assert (shown_frame == int(NIGHT.muted.removeprefix("#"), 16)).all()
    shown.do(f"{floated}.title.floatRequested.emit()")
    wait_until_clean(shown)
    shown.do("for dock in window.workbench.docks.values(): dock.hide()")
    wait_until_clean(shown)


def test_themes_text_and_words_over_the_grid_leave_nothing_behind(shown: Product) -> None:
    """Day, larger text, the keys, a toast: there, and gone again."""
    for code in (
        "window.ask('theme day')",
        "window.ask('larger text')",
        "window.ask('usual text'); window.ask('theme night')",
    ):
        shown.do(code)
        wait_until_clean(shown)
    for there, gone in (
        ("window.overlays.toggle_keys()", "window.overlays.toggle_keys()"),
        ("window.show_toast('A sentence')", "window.show_toast('')"),
        ("window.show_note('A note', True)", "window.show_note('')"),
    ):
        shown.do(there)
        shown.wait_until_whole()
        shown.do(gone)
        wait_until_clean(shown)
