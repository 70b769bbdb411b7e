"""What this folder gives to the web space; its pages are sections of « Profil médical »."""

from webmail.feature import Feature
from webmail.synthesis.adapter import SynthesisPages
from webmail.synthesis.port import SYNTHESIS
from webmail.synthesis.routes import routes
from webmail.synthesis.wording import part_label

FEATURE = Feature(
    routes=(routes,),
    port=SYNTHESIS,
    adapter=SynthesisPages,
    transfers=frozenset({"synthesis_file", "make_synthesis", "emergency_card_file"}),
    filters={"part_label": part_label},
)
