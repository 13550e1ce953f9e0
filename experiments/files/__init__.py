"""Reading strangers' files and writing our own, whatever disks and people do."""
