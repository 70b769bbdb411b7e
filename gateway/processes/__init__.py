"""The processes of one gateway: which ports they listen on together, what they share, who looks after them."""
