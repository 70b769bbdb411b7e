"""Who acts, made where somebody is recognised, and the question every patient-side service asks before it answers."""
