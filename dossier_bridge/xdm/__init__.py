"""IHE XDM: an archive of documents with their metadata (STD §4.6)."""
