"""Files: reading those of strangers and writing our own, whatever disks and people do."""
