"""What was typed and not sent when the session ended: the service behind it; pages and forms are of other folders."""
