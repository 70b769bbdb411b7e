"""The processes without rights in which foreign documents are read."""
