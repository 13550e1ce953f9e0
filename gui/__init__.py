"""The Qt application: one window that shows a swarm live, and the ``fireflies`` command."""
