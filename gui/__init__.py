"""The Qt application. Importing this package loads no Qt."""
