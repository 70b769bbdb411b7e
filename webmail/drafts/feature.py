"""What this folder gives to the web space."""

from webmail.drafts.adapter import DraftPages
from webmail.feature import Feature
from webmail.typed_drafts import DRAFTS

FEATURE = Feature(routes=(), port=DRAFTS, adapter=DraftPages)
