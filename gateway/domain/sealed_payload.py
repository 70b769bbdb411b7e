"""What a step of the outbox is told, before it is known which: written by name, sealed, hidden in logs."""

import msgspec


class SealedPayload(msgspec.Struct, frozen=True, kw_only=True, tag_field="step", omit_defaults=True):
    """What one kind of step is told."""

    def __repr__(self) -> str:
        """Hide addresses, codes and subjects: representations end up in logs."""
        return f"{type(self).__name__}(…)"
