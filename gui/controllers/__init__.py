"""Controllers: they connect views, models and the simulation."""
