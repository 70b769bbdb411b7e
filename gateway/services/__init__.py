"""What happens to a message, an exchange, a mailbox and a dossier: straight lines over ports and domain."""
