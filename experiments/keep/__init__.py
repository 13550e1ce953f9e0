"""What is kept of runs to repeat them: sessions, moments, presets, and where files are from."""
