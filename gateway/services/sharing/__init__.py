"""What a patient shares on the spot, by a code to scan and a passcode (E50, E98)."""
