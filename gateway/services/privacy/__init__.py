"""What a patient chooses about who may see their space: whom they authorise or block, and what of it."""
