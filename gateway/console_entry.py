"""By whom professionals come in to the console, as the settings name it. Part of the composition root."""

from gateway.core import Core
from gateway.openid_provider import professionals_provider_of
from gateway.services.sign_in.mailbox_standing import standing_in
from gateway.services.sign_in.professional_provider import ProfessionalProvider


def professionals_provider(it: Core) -> ProfessionalProvider | None:
    """Give the way by an OpenID provider; None when none is set. Raises `ConfigurationError` for a bad one."""
    provider = professionals_provider_of(it.settings, it.clock)
    if provider is None:
        return None
    standing, local_of = standing_in(it.directory.standings), it.directory.local_of
    return ProfessionalProvider(it.store, it.clock, it.sign_ins, it.guard, provider, local_of, standing)
