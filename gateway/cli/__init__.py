"""The command line ``pli``: one file a command. Data on stdout, talk on stderr, exit codes in docs/operations.md."""
