"""« Sécurité », inside « Paramètres »: where one is signed in, and what one signs in with (E27)."""
