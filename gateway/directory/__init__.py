"""What Pli knows of professionals and operators: file parsers (pure), snapshot files, and the live look-ups."""
