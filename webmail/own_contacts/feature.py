"""What this folder gives to the web space."""

from webmail.feature import Feature
from webmail.own_contacts.adapter import OwnContactPages
from webmail.own_contacts.port import OWN_CONTACTS
from webmail.own_contacts.routes import routes

FEATURE = Feature(
    routes=(routes,),
    port=OWN_CONTACTS,
    adapter=OwnContactPages,
    oneself=frozenset({"own_contacts", "change_own_contact", "confirm_own_contact", "remove_own_contact"}),
)
