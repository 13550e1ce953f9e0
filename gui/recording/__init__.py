"""Recordings: pictures of a run go to a video file, encoded in a process of its own."""
