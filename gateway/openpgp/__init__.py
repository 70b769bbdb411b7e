"""OpenPGP (RFC 9580) by the program gpg: read a person's public key, encrypt to it."""
