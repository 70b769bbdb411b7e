"""Versions of the terms of use: each has its text for ever, and the newest is what people accept (F13, E91).

The texts are templates of `webmail.activation`, named by version. A version that somebody accepted is never changed.
"""

VERSIONS = ("2026-11-29",)
"""The oldest first."""

CURRENT = VERSIONS[-1]
