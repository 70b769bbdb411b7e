"""All the data of a space as one archive that reads without Pli: made, signed, taken back."""
