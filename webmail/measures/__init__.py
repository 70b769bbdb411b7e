"""« Mesures »: weight, blood pressure and the like, each with its curve, its goal and its corrections."""
