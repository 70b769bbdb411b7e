"""The work that follows an acknowledgement: leased, done, tried again."""
