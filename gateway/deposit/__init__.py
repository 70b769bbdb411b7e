"""The face of depositors: payers and hospital systems give documents without a message, by HTTPS with a certificate."""
