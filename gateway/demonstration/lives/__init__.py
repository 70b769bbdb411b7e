"""Lives worth looking at for the patients of the demonstration: invented, and told as their laboratories would."""
