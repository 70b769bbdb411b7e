"""How records of an earlier form are read as the next one, where a field changed its meaning."""

from datetime import datetime
from typing import Any

from gateway.domain.local_days import local_day


def space_of_one_card(fields: dict[str, Any]) -> dict[str, Any]:
    """Bring a space of form 1 to form 2: several cards, and the day of the notice instead of its instant."""
    # Any: a record before it is checked.
    serial, notified = fields.pop("card_serial", ""), fields.pop("notified_at", "")
    if serial:
        fields["card_serials"] = (serial,)
    if notified:
        fields["notified_on"] = str(local_day(datetime.fromisoformat(str(notified))))
    return fields
