"""Files: reading untrusted ones, and writing our own safely."""
