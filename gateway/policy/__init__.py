"""What is accepted, refused or put off, decided from facts alone: no clock, no I/O, no look-up happens here."""
