"""« Aide », and « Reconnaître un vrai message »: for everybody, signed in or not."""
