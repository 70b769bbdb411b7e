"""Make what handlers find on an application of pages."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from gateway.ports.clock import Clock
from webmail.account_turns import AccountTurns
from webmail.context import Context, RouteNames
from webmail.entrance import OF_PATIENTS, SiteEntrance
from webmail.feature import Feature
from webmail.large_pages import LargePages
from webmail.pages import FOLDER, Pages
from webmail.sessions import Sessions, SessionStore
from webmail.settings import WebSettings
from webmail.static_files import FILES


def context_of_pages(
    features: Sequence[Feature],
    sessions: SessionStore,
    clock: Clock,
    settings: WebSettings,
    *,
    is_guest: bool = False,
    entrance: SiteEntrance = OF_PATIENTS,
    folder: Path = FOLDER,
) -> Context:
    """Give what the handlers of these features find; `is_guest` marks every page as one of the sample space.

    Templates are those in `folder`, then those that all sites share.
    """
    closing = asyncio.Event()
    return Context(
        sessions=Sessions(sessions, clock, settings),
        settings=settings,
        clock=clock,
        pages=Pages(settings.time_zone, features, folder),
        upload_turns=AccountTurns(settings.concurrent_uploads),
        large_pages=LargePages(closing),
        closing=closing,
        is_guest=is_guest,
        entrance=entrance,
        routes=RouteNames(
            public=FILES.union(*(feature.public for feature in features)),
            transfers=frozenset[str]().union(*(feature.transfers for feature in features)),
            streams=frozenset[str]().union(*(feature.streams for feature in features)),
            queues=frozenset[str]().union(*(feature.queues for feature in features)),
            away=frozenset[str]().union(*(feature.away for feature in features)),
            unasked=frozenset[str]().union(*(feature.unasked for feature in features)),
            agreed=frozenset[str]().union(*(feature.agreed for feature in features)),
            oneself=frozenset[str]().union(*(feature.oneself for feature in features)),
            acting=frozenset[str]().union(*(feature.acting for feature in features)),
        ),
        sections=tuple(
            path for feature in features for path in (*(tab.path for tab in feature.tabs), *feature.sections)
        ),
        settings_entries=tuple(
            sorted((entry for feature in features for entry in feature.settings), key=lambda entry: entry.order)
        ),
    )
