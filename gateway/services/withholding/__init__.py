"""Documents that are withheld for a while: presented first by their author, or doubted by their patient (A27, E80)."""
