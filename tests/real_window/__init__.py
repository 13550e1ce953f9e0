"""The window as a user has it: on an X server, with a window manager, pixels off the screen."""
