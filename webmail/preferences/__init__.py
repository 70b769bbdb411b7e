"""« Paramètres »: the list of what one may choose, and the choice of notices."""
