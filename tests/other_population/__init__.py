"""The suites of the model, sessions, replay and the window's pump, with another population."""
