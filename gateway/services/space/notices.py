"""Tell a patient, outside the gateway, that something waits in their space; nothing of what it is (E10, STD §2.3)."""

from datetime import timedelta

from gateway.domain.outbox import Step
from gateway.domain.space import SpaceState
from gateway.domain.step_payloads import SendCode
from gateway.ports.notices import Notices
from gateway.ports.store import Cost, Store
from gateway.services.outbox.steps import Effects, Finish, Prepared, nothing

_TEXTS = {
    "code": (
        "Votre code de connexion à votre espace santé : {code}. Il est valable {life}, une seule fois."
        " Ne le communiquez à personne, pas même à un soignant ou à un agent."
    ),
    "message": (
        "Vous avez un nouveau message dans votre espace santé. Pour le lire, ouvrez votre espace comme"
        " d'habitude, depuis votre navigateur. Ce courriel ne contient aucun lien : c'est voulu."
    ),
}


def notice_text(kind: str, code: str | None, code_lifetime: timedelta) -> str:
    """Word a notice; nothing in it depends on what waits in the space."""
    minutes = int(code_lifetime.total_seconds() // 60)
    return _TEXTS[kind].format(code=code, life=f"{minutes} minute{'s' if minutes > 1 else ''}")


class Notifier:
    """Handles `StepKind.NOTIFY` and `StepKind.CODE`."""

    def __init__(self, store: Store, notices: Notices, code_lifetime: timedelta) -> None:
        self._store = store
        self._notices = notices
        self._code_lifetime = code_lifetime

    async def notify(self, step: Step) -> Finish | Prepared:
        """Send the notice of one step, by e-mail if there is an address, else by SMS."""
        space = await self._store.read(lambda tx: tx.spaces.space(step.vault))
        channel, to = ("email", space.email) if space.email else ("sms", space.phone)
        # Nobody can sign in before activation: a notice then would only worry.
        if not to or space.state is not SpaceState.ACTIVE:
            return nothing
        kind, code = ("code", step.payload.code) if isinstance(step.payload, SendCode) else ("message", None)
        if kind in space.muted:
            return nothing
        text = notice_text(kind, code, self._code_lifetime)

        def send() -> Effects:
            self._notices.send(f"{step.id:x}", channel, to, kind, text, code)
            return Effects()

        return Prepared(send, cost=Cost(waits=True))
