"""« À traiter »: what waits for an agent, opened one by one and settled."""
