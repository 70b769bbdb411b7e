"""« Mot de passe oublié » and « Identifiant oublié »: asked for at the door, ended by a link (F20, F21)."""
