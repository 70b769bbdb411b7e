"""What browsers are asked about passkeys: discoverable ones, whose device checks who holds it.

The library is loaded when somebody is asked, as in `passkey_answers`.
"""

from collections.abc import Sequence

_MILLISECONDS = 5 * 60 * 1000


def request_options(challenge: bytes, site: str) -> str:
    """Ask for any passkey of this site, as JSON."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site,
        challenge=challenge,
        timeout=_MILLISECONDS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def creation_options(challenge: bytes, site: str, user: bytes, name: str, known: Sequence[bytes]) -> str:
    """Ask for a new passkey of this site, as JSON; not from a device that has one of those that are `known`."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site,
        rp_name="Pli",
        user_id=user,
        user_name=name or "Mon espace",
        challenge=challenge,
        timeout=_MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=credential) for credential in known],
    )
    return options_to_json(options)
