"""The terms of use as files: those of the program, and those that an operator writes instead."""
