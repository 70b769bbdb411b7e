"""What each command does, a module for commands that belong together."""
