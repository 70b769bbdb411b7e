"""What this folder gives to the web space."""

from gateway.domain.access import SpacePart
from gateway.domain.profile_sections import SECTIONS
from webmail.feature import Feature, Tab
from webmail.profile.adapter import ProfilePages
from webmail.profile.link_routes import routes as link_routes
from webmail.profile.port import PROFILE
from webmail.profile.routes import routes
from webmail.profile.visit_routes import routes as visit_routes
from webmail.profile.wording import entry_line, entry_title

FEATURE = Feature(
    routes=(visit_routes, link_routes, routes),
    tabs=(
        Tab(
            name="profil",
            label="Profil médical",
            path="/profil",
            icon="profile",
            narrow="Profil",
            shows=SpacePart.PROFILE,
            parts=tuple((f"/profil/{section.value}", rules.label) for section, rules in SECTIONS.items()),
        ),
    ),
    sections=tuple(f"/profil/{section.value}" for section in SECTIONS),
    port=PROFILE,
    adapter=ProfilePages,
    filters={"entry_title": entry_title, "entry_line": entry_line, "reference": lambda entry: f"{entry.id:x}"},
)
