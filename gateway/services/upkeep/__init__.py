"""What an operator runs to find out whether all that is promised is still there."""
