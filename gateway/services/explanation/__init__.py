"""What rules would say, for an operator who asks: nothing is done, and nothing is written."""
