"""Models: what the window knows and decides, without Qt."""
