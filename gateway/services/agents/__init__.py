"""The agents of the operator: who they are, whom they look for, what they do, and what waits for them."""
