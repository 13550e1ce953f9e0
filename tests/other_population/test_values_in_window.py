"""What the tests of sliders and fields say of runs; the rest of them is about widgets alone."""

from tests.gui.test_values_in_window import (
    test_a_typed_value_reaches_the_model,  # noqa: F401
    test_an_invalid_value_is_refused_next_to_its_slider,  # noqa: F401
    test_dragging_the_speed_to_its_end_is_as_fast_as_possible,  # noqa: F401
    test_each_slider_reaches_the_model_at_once,  # noqa: F401
)
