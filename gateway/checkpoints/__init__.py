"""Places for signed checkpoints: a folder, an address on the web."""
