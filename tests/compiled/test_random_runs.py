"""As `tests/physics/test_random_runs.py` says of runs."""

from tests.physics.test_random_runs import (
    test_equal_to_the_oracle_flash_for_flash as test_equal_to_the_oracle_flash_for_flash,
)
from tests.physics.test_random_runs import (
    test_going_on_from_a_checkpoint_equals_the_oracle as test_going_on_from_a_checkpoint,
)

__all__ = ["test_equal_to_the_oracle_flash_for_flash", "test_going_on_from_a_checkpoint"]
