"""TLS of every port: contexts per role, who a peer is, a development authority, and what expires soon."""
