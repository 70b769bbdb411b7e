"""An invented world to try the gateway with: people, mail, and a journey through it by ordinary clients."""
