"""Pli's gateway: domain, policy, store, services, SMTP and IMAP edges, and the command line."""
