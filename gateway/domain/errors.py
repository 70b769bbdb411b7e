"""The small tree of exceptions that may cross a layer.

Adapters translate what their libraries raise into these with ``raise … from``. Refusals are not here:
they are values of `gateway.domain.verdict`.
"""


class PliError(Exception):
    """Root of everything Pli raises on purpose; `code` is stable and documented."""

    code = "PLI-000"


class InvalidValue(PliError, ValueError):
    """A text is not a value of the type it was parsed as (an address, an INS number, a date)."""

    code = "PLI-101"


class MalformedContent(PliError):
    """Bytes from outside break the grammar of their format (MIME, XML, zip)."""

    code = "PLI-102"


class LimitExceeded(MalformedContent):
    """Bytes from outside are larger, deeper or more numerous than a stated limit."""

    code = "PLI-103"


class StoreUnavailable(PliError):
    """The store cannot promise durability now (disk full, I/O error, locked, gone): defer, never refuse."""

    code = "PLI-201"


class KeyUnavailable(PliError):
    """A vault's key is absent or destroyed, or the key-encryption key does not open it."""

    code = "PLI-202"


class SealBroken(PliError):
    """A sealed record does not open: wrong key, moved or altered bytes."""

    code = "PLI-203"


class DatabaseDamaged(StoreUnavailable):
    """A database holds octets that its format does not allow: whoever is served comes back later, who runs it restores.

    Bears the code of what is altered or damaged, whatever it is.
    """

    code = SealBroken.code


class DirectoryUnavailable(PliError):
    """No usable directory snapshot or white list is loaded: defer."""

    code = "PLI-204"


class NotFound(PliError, LookupError):
    """What was asked for by its identifier does not exist in that vault."""

    code = "PLI-301"


class Conflict(PliError):
    """The change does not fit the present state (a folder that exists, an exchange that has ended)."""

    code = "PLI-302"


class ChangedMeanwhile(Conflict):
    """What was to be changed is no more as it was when it was shown: in another tab, or by somebody else.

    Nothing was done. A page answers it by its own form (`webmail/templates/changed_meanwhile.html`): what stands now,
    and everything that was typed.
    """

    code = "PLI-305"


class AccessRefused(PliError):
    """Whoever acts may not do this here; `rule` is that of `docs/access.md`, `detail` is for the trace."""

    code = "PLI-303"

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(f"{rule}: {detail}")
        self.rule = rule
        self.detail = detail


class AccessHidden(AccessRefused, NotFound):
    """Whoever acts may not even know whether what they asked for exists."""


class AccessUndecided(PliError):
    """Whether it may be done is not known just now: nobody is let in, and may ask again."""

    code = "PLI-304"


class ArchiveRefused(PliError):
    """An archive of a space is not signed by an operator that is trusted here, was altered, or is somebody else's."""

    code = "PLI-306"


class ReaderFailed(PliError):
    """A document reader crashed, ran out of its limits or took too long; the document is kept unread."""

    code = "PLI-401"


class ReaderSpent(ReaderFailed):
    """A job used all the processor time that one may: it would do so again, so this is a verdict."""

    code = "PLI-403"


class ReaderSlow(ReaderFailed):
    """A job did not end in time, which says as much of a busy machine as of the document: try again at leisure."""

    code = "PLI-404"


class ReaderBusy(PliError):
    """As many documents wait for a reader as may: try again later. The document was not looked at."""

    code = "PLI-402"


class SenderBusy(ReaderBusy):
    """All places that one sender may have are held by slow documents: others must not wait behind the next."""

    code = "PLI-405"


class EncryptionFailed(PliError):
    """An archive could not be encrypted to a person's OpenPGP key: the key is over, or gpg is missing or fails."""

    code = "PLI-406"


class ConfigurationError(PliError):
    """A setting, file or folder the operator gave cannot be used; says which, why and what to do."""

    code = "PLI-501"


class ServingFailed(PliError):
    """A process of a gateway ended again and again, so that the gateway gave up."""

    code = "PLI-503"


class CourierDeferred(PliError):
    """The other operator's server cannot take the message now."""

    code = "PLI-601"


class CourierRefused(PliError):
    """The other operator's server refuses the message for good, or no route to it is white-listed."""

    code = "PLI-602"


class NoticeDeferred(PliError):
    """Whoever takes notices for people (mail relay, SMS service, folder of letters) cannot do so now."""

    code = "PLI-603"


class NoticeRefused(PliError):
    """A notice will never be taken as it is (no such mailbox, no such number): it waits for the operator."""

    code = "PLI-604"


class ProviderUnavailable(PliError):
    """The OpenID provider does not answer, or not in time: number and card are asked instead."""

    code = "PLI-605"


class ProviderRefused(PliError):
    """The OpenID provider refuses what we ask, or says what cannot be trusted: nobody is identified by it."""

    code = "PLI-606"
