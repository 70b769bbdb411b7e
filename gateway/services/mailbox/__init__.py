"""A professional's or an organisation's mailbox, as a mail client sees and changes it."""
