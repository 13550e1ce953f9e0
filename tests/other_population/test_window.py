"""What the tests of the window say of runs; the rest of them is about widgets alone."""

from tests.gui.test_window import (
    test_a_flash_lights_the_right_pixel,  # noqa: F401
    test_a_new_seed_begins_another_run,  # noqa: F401
    test_a_new_side_restarts_and_is_painted,  # noqa: F401
    test_hidden_nothing_is_painted_but_time_goes_on,  # noqa: F401
    test_pause_freezes_the_picture,  # noqa: F401
    test_reset_repeats_the_same_flashes,  # noqa: F401
)
