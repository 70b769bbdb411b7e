"""Ways out for notices: files, an SMTP relay, an SMS service, letters."""
