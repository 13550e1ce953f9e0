"""What connects views, models and the simulation: the pump and the lab."""
