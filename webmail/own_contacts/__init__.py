"""« Mes coordonnées », inside « Sécurité »: where codes and notices go, changed by a code that is read there."""
