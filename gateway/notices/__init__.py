"""Ways out for notices: files."""
