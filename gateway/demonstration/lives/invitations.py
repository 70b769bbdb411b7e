"""An invitation as the software of a practice sends it: a letter with a calendar (RFC 6047)."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from gateway.demonstration.lives.life import PlannedEvent, working_day
from gateway.domain.directory import DirectoryEntry

_LETTER = "Bonjour,\n\nVoici votre prochain rendez-vous. Merci de dire si vous viendrez.\n\n{name}\n"


def invitation(
    event: PlannedEvent, sender: DirectoryEntry, to: str, today: date, zone: tzinfo, number: int
) -> bytes:
    """Write it; `number` makes it unique."""
    now = datetime.now(UTC)
    start = datetime.combine(working_day(today, event.ahead), event.at, zone).astimezone(UTC)
    end = start + timedelta(minutes=event.minutes)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Exemple//Cabinet//FR", "METHOD:REQUEST", "BEGIN:VEVENT",
        f"UID:demo-{number}@{sender.address.domain}", f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}", "SEQUENCE:0",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}", f"SUMMARY:{event.title}",
        f"LOCATION:{event.place}", f"ORGANIZER;CN={sender.name}:mailto:{sender.address}",
        f"ATTENDEE;RSVP=TRUE:mailto:{to}", "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Rappel", "TRIGGER:-P1D",
        "END:VALARM", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{sender.name} <{sender.address}>"
    message["To"] = to
    message["Subject"] = f"Rendez-vous : {event.title}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<rdv.{number}.{now.timestamp():.0f}@{sender.address.domain}>"
    message.set_content(_LETTER.format(name=sender.name))
    calendar = "\r\n".join(lines).encode()
    message.add_attachment(
        calendar, maintype="text", subtype="calendar", filename="rendez-vous.ics", params={"method": "REQUEST"}
    )
    return message.as_bytes()
