"""The synthesis of the profile as a PDF, and the card for emergencies (F44, E51, E76)."""
