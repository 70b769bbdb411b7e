"""Answer a professional's invitation (E68): kept in the agenda, and sent where a patient may write (A7, A8)."""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.access import Action, Actor, SpacePart
from gateway.domain.agenda.calendar_writing import reply_calendar
from gateway.domain.agenda.events import AgendaEvent, EventAnswer, EventState
from gateway.domain.errors import ChangedMeanwhile, Conflict, NotFound
from gateway.domain.mailbox import ThreadId
from gateway.domain.mime import CALENDAR_REPLY
from gateway.ports.clock import Clock
from gateway.ports.store import Store, Tx
from gateway.services.access.permission import allow, traces_refusals
from gateway.services.agenda.own_agenda import event_in, thread_of
from gateway.services.conversation.patient_post import Draft, OutgoingFile
from gateway.services.conversation.replies import Replies

_WORDS = {
    EventAnswer.ACCEPTED: "Je serai présent au rendez-vous «\N{NO-BREAK SPACE}{title}\N{NO-BREAK SPACE}».",
    EventAnswer.DECLINED: "Je ne pourrai pas venir au rendez-vous «\N{NO-BREAK SPACE}{title}\N{NO-BREAK SPACE}».",
}
_NO_MESSAGE = "Le message de ce rendez-vous n'est plus là."


@dataclass(frozen=True, slots=True)
class AnswerSent:
    """Whether an answer has left; `refusal` is the French sentence that says why not."""

    is_sent: bool
    refusal: str = ""


class InvitationAnswers:
    """Keeps answers, and sends them in the conversation of the invitation."""

    def __init__(self, store: Store, clock: Clock, replies: Replies) -> None:
        self._store = store
        self._clock = clock
        self._replies = replies

    @traces_refusals
    async def answer(self, actor: Actor, number: int, version: int, answer: EventAnswer) -> AnswerSent:
        """Keep an answer, and send it if it may be sent.

        Raises:
            NotFound: there is no such entry.
            ChangedMeanwhile: the organiser has changed it since.
            Conflict: nobody waits for an answer.
        """
        now = self._clock.now()

        def keep(tx: Tx) -> tuple[AgendaEvent, ThreadId | None, str]:
            allow(tx, actor, Action.CHANGE, SpacePart.AGENDA, now)
            before = event_in(tx, actor, number)
            if before.version != version:
                raise ChangedMeanwhile(f"{before.version}, not {version}")
            if not before.claims or before.state is not EventState.PLANNED or answer is EventAnswer.NONE:
                raise Conflict("nobody waits for an answer")
            after = replace(before, answer=answer, told=False, version=version + 1, remind_from=now)
            self._keep(tx, actor, after, now, answer.value)
            address = tx.spaces.space(actor.vault).address.mail
            return after, thread_of(tx, after), str(address)

        event, thread, attendee = await self._store.write(keep)
        if thread is None:
            return AnswerSent(is_sent=False, refusal=_NO_MESSAGE)
        return await self._send(actor, event, thread, attendee, now)

    async def _send(
        self, actor: Actor, event: AgendaEvent, thread: ThreadId, attendee: str, now: datetime
    ) -> AnswerSent:
        try:
            standing = await self._replies.standing(actor, thread)
        except NotFound:
            return AnswerSent(is_sent=False, refusal=_NO_MESSAGE)
        if standing.refusal:
            return AnswerSent(is_sent=False, refusal=standing.refusal)
        file = OutgoingFile("reponse.ics", CALENDAR_REPLY, reply_calendar(event, attendee, now))
        text = _WORDS[event.answer].format(title=event.title)
        sent = await self._replies.reply(actor, thread, Draft(f"agenda-{event.id:x}-{event.version}", text, (file,)))
        if sent.mid is None:
            return AnswerSent(is_sent=False, refusal=sent.refusal)

        def note(tx: Tx) -> None:
            present = tx.agendas.get(actor.vault, event.id)
            if present is not None and present.version == event.version:
                tx.agendas.save(replace(present, told=True))
                tx.changed(actor.vault)

        await self._store.write(note)
        return AnswerSent(is_sent=True)

    def _keep(self, tx: Tx, actor: Actor, event: AgendaEvent, now: datetime, detail: str) -> None:
        tx.agendas.save(event)
        objects = (f"event:{event.id:x}",)
        tx.audit.append(actor.vault, actor.event(now, "agenda.answered", objects=objects, detail=detail))
        tx.changed(actor.vault)
