"""Read a patient's documents and results, from pages and from programs."""
