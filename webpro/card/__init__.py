"""Where a browser shows its certificate: a card (CPS), or one that is bound to a mailbox (F84)."""
