"""Read the documents of a message, check whose they are, file or refuse them, and tell the sender."""
