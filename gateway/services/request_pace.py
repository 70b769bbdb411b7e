"""How often one may ask: so many times a minute, counted in memory, of a bounded number of askers."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
_MOST_KNOWN = 10_000


class RequestPace:
    """Counts requests of each asker, minute by minute; whoever was not heard of for longest is forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known = OrderedDict[Hashable, tuple[datetime, int]]()

    def takes(self, who: Hashable, now: datetime) -> bool:
        """Count a request, and say whether it may be answered."""
        began, count = self._known.pop(who, (now, 0))
        if not began <= now < began + _MINUTE:
            began, count = now, 0
        self._known[who] = began, count + 1
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return count < self._most
