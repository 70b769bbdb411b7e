"""What was typed and not sent, for pages without a store: sealed as by a store, by a key of the tests."""

import hashlib
import hmac

from gateway.services.sign_in.typed_drafts import TypedDrafts
from webmail.drafts.adapter import DraftPages


def digest_of_tests(purpose: str, *parts: bytes) -> bytes:
    """Key a digest."""
    return hmac.new(b"key of the tests", b"|".join((purpose.encode(), *parts)), hashlib.sha256).digest()


class DraftsOfTests(DraftPages):
    """Satisfies `webmail.typed_drafts.DraftService`."""

    _drafts = TypedDrafts(digest_of_tests)
