"""The parts of the oracle in `tests/reference_model.py`, one idea each."""
