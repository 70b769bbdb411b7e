"""The door of the agents' site, and signing out."""
