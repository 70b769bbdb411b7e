"""What this folder gives to the agents' site."""

from webagent.queue.adapter import DeskPages
from webagent.queue.port import QUEUE
from webagent.queue.routes import routes
from webmail.feature import Feature, Tab

FEATURE = Feature(
    routes=(routes,),
    tabs=(Tab(name="file", label="À traiter", path="/agent/file", icon="clock"),),
    port=QUEUE,
    adapter=DeskPages,
)
