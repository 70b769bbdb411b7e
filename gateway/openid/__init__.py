"""Signing in at an OpenID provider such as FranceConnect: a client that trusts one issuer, and verifies all it says."""
