"""Take the archive of a space back: opened with limits, its signature checked, its content put where it was."""
