"""« Partager sur place »: a code to scan and a passcode; and the page that reads such a code (E50, E98)."""
