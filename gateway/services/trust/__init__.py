"""What the directory knows of who writes, as facts for the policy."""
