"""What the tests of replay say of runs; the rest of them is about files and widgets alone."""

from tests.gui.test_replay import (
    session,  # noqa: F401
    test_a_run_that_comes_out_differently_is_said_to,  # noqa: F401
    test_branching_hands_the_controls_back,  # noqa: F401
    test_dragging_leads_forth_and_back,  # noqa: F401
    test_it_ends_where_the_run_ended_and_says_that_it_is_the_same,  # noqa: F401
    test_reset_repeats_it_and_a_new_seed_leaves_it,  # noqa: F401
    test_restoring_leads_to_the_end_and_on,  # noqa: F401
    test_the_raster_shows_the_flashes_before_a_moment_gone_back_to,  # noqa: F401
    test_what_is_done_in_the_window_is_repeated_there,  # noqa: F401
)
