"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from webmail.agenda.adapter import AgendaPages
from webmail.agenda.entry_routes import routes as entries
from webmail.agenda.link_routes import routes as links
from webmail.agenda.port import AGENDA
from webmail.agenda.prevention_routes import routes as prevention
from webmail.agenda.routes import routes
from webmail.agenda.wording import day_with_year, hours_of, month_in_words, reminder_in_words, weekday_and_day
from webmail.feature import Feature, Tab

FEATURE = Feature(
    routes=(prevention, links, entries, routes),
    public=frozenset({"agenda_feed"}),
    tabs=(Tab(name="agenda", label="Agenda", path="/agenda", icon="agenda", shows=SpacePart.AGENDA),),
    port=AGENDA,
    adapter=AgendaPages,
    filters={
        "day_with_year": day_with_year,
        "hours_of": hours_of,
        "month_in_words": month_in_words,
        "reminder_in_words": reminder_in_words,
        "weekday_and_day": weekday_and_day,
    },
)
