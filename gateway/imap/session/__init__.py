"""One connection: its octets, its state, the mailbox it has selected."""
