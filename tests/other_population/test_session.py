"""What the tests of sessions say of runs; the rest of them is about files."""

from tests.experiments.test_session import (
    test_a_run_branches_where_its_script_is_left,  # noqa: F401
    test_a_run_can_go_to_any_of_its_moments,  # noqa: F401
    test_a_session_is_repeated_to_the_last_bit,  # noqa: F401
    test_an_instant_under_way_is_not_saved,  # noqa: F401
    test_flash_now_is_now_and_earlier_files_keep_their_rounding,  # noqa: F401
)
from tests.experiments.test_session_command_line import (
    test_a_preset_with_an_opening_is_saved_with_it,  # noqa: F401
    test_a_run_is_saved_and_repeated_from_the_command_line,  # noqa: F401
    test_a_session_that_comes_out_differently_is_said_to,  # noqa: F401
)
