"""What happens to a message, an exchange, a mailbox and a dossier: one straight line each, over ports and domain only."""
