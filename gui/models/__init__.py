"""What the window knows and decides, without Qt: pacing, intent, scales, status."""
