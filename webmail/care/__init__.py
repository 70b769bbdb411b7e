"""« Historique de soins »: what payers and pharmacies tell, by kind, and the one switch that hides it."""
