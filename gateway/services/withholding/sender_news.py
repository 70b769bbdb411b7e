"""Tell whoever sent a document what became of it after it was filed: a doubt of its patient, or the end of a hold.

A doubt goes as a disposition notification with a warning that begins with 904, so that software finds the document
(STD §1.7, features E80); one that is lifted, as one without a warning, since nothing is wrong any more. It never says
whose the document may be. All with a null sender, so that nothing answers.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.address import MailAddress
from gateway.domain.audit import AuditEvent
from gateway.domain.errors import CourierRefused, InvalidValue
from gateway.domain.mailbox import VaultId
from gateway.domain.mime import ComposedMessage, Mailbox, Mdn, compose, compose_mdn, is_message_id
from gateway.domain.outbox import Step
from gateway.domain.step_payloads import TellSender
from gateway.domain.withholdings import SenderNews
from gateway.ports.clock import Clock
from gateway.ports.store import Tx
from gateway.services.delivery.post import Post
from gateway.services.delivery.postmaster import postmaster
from gateway.services.outbox.steps import Finish, add_step, nothing, payload_of
from gateway.services.random_numbers import random_number


@dataclass(frozen=True, slots=True)
class _Words:
    """What one kind of news says: how its subject begins, what software is warned of (if at all), what people read."""

    title: str
    warning: str
    text: str


_NEWS = {
    SenderNews.DOUBTED: _Words(
        "Doute sur l'identité",
        "904^Le patient signale que ce document n'est pas le sien",
        "Le patient qui a reçu ce document signale qu'il n'est pas le sien.\n"
        "Le document n'est plus visible dans son espace. L'exploitant examine ce signalement.\n\n"
        "Que faire : vérifiez à quel patient appartient ce document. S'il a été envoyé par erreur,\n"
        "envoyez-le à son destinataire et prévenez votre référent en identitovigilance.\n",
    ),
    SenderNews.DOUBT_LIFTED: _Words(
        "Doute levé",
        "",
        "Le doute sur l'identité du patient de ce document est levé.\n"
        "Le document est de nouveau visible dans son espace. Vous n'avez rien à faire.\n",
    ),
    SenderNews.DOUBT_CONFIRMED: _Words(
        "Erreur d'identité confirmée",
        "904^Ce document n'est pas celui de son destinataire",
        "L'exploitant confirme que ce document n'est pas celui du patient qui l'a reçu.\n"
        "Il reste retiré de son espace.\n\n"
        "Que faire : envoyez-le à son destinataire et prévenez votre référent en identitovigilance.\n",
    ),
}
_HOLD_TITLE = "Document bientôt visible"
_HOLD_TEXT = (
    "Le patient ne voit pas encore un document que vous lui avez envoyé, comme vous l'avez demandé.\n"
    "Il le verra de lui-même le {day}.\n\n"
    "Que faire : présentez-lui ce document avant cette date.\n"
)


def tell_sender(tx: Tx, vault: VaultId, news: TellSender, at: datetime) -> None:
    """Leave the step that tells a sender, in the caller's transaction; nothing where there is nobody to tell."""
    try:
        MailAddress.parse(news.to)
    except InvalidValue:
        return  # a report, or a sender without address: nobody to tell
    add_step(tx, Step(vault=vault, id=random_number(), payload=news, due=at))


class SenderNotices:
    """Handles `StepKind.TELL_SENDER`."""

    def __init__(self, post: Post, clock: Clock, mail_domain: str) -> None:
        self._post = post
        self._clock = clock
        self._domain = mail_domain

    async def send(self, step: Step) -> Finish:
        """Compose and deliver one notice; a step done twice delivers it once."""
        told = payload_of(step, TellSender)
        to = MailAddress.parse(told.to)
        try:
            await self._post.deliver(step, self._composed(step, told, to), None, to, f"sender {step.id:x}")
        except CourierRefused as error:
            event = AuditEvent(at=self._clock.now(), actor="pli", action="sender.not-told", outcome=error.code)
            return lambda tx: tx.audit.append(step.vault, event)
        return nothing

    def _composed(self, step: Step, told: TellSender, to: MailAddress) -> bytes:
        message_id, subject = f"<{step.id:x}.document@{self._domain}>", told.subject or told.document
        answered = told.message_id if is_message_id(told.message_id) else None
        news = SenderNews(told.what)
        if news is SenderNews.HOLD_ENDS:
            return compose(
                ComposedMessage(
                    from_=postmaster(self._domain),
                    to=(Mailbox.at(to),),
                    subject=f"{_HOLD_TITLE} : {subject}",
                    text=_HOLD_TEXT.format(day=told.day) + _named(told),
                    message_id=message_id,
                    date=step.due,
                    in_reply_to=answered,
                    references=(answered,) if answered else (),
                    headers=(("Auto-Submitted", "auto-generated"),),
                )
            )
        words = _NEWS[news]
        return compose_mdn(
            Mdn(
                from_=postmaster(self._domain),
                to=Mailbox.at(to),
                message_id=message_id,
                date=step.due,
                original_subject=subject,
                original_message_id=answered,
                final_recipient=told.recipient,
                text=words.text + _named(told),
                reporting_ua=f"{self._domain}; Pli",
                warnings=(f"{words.warning}; document {told.document}",) if words.warning else (),
                title=words.title,
            )
        )


def _named(told: TellSender) -> str:
    return f"\nDocument : {told.document}\nEnvoyé à : {told.recipient}\n"
