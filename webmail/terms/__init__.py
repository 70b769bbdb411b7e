"""The terms of use after sign-in: asked again when they changed, and what one has accepted (E91)."""
