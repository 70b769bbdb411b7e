"""« Historique d'activité »: who looked at a space, who changed it, when, why and with which data."""
