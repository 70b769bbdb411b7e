"""The one table that turns refusals into answers of the deposit face, and the one place that catches everything.

Every answer to what was not done is an `OperationOutcome` (FHIR R4): a code for programs, one sentence in French and
one in English that say what is wrong and what to do. A failure of ours says its incident and nothing else.
"""

import asyncio
from collections.abc import Mapping

import orjson
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.domain.errors import PliError
from gateway.domain.filing_outcome import LABELS, NEXT
from gateway.domain.verdict import Defer, Reject
from gateway.policy import reasons
from gateway.services.filing.deposited_documents import DepositFault, DepositRefused
from gateway.services.incidents import frames_of, new_incident

_log = structlog.get_logger("pli.deposit")
_SYSTEM = "urn:pli:deposit"
_MEDIA_TYPE = "application/fhir+json"
_WHOLE_SECONDS = 600
"""A request, its body and its reading included, takes no longer."""
_SOON, _LATER = 60, 3600
_ISSUES = {
    400: "invalid", 403: "forbidden", 404: "not-found", 405: "not-supported", 408: "timeout", 413: "too-long",
    415: "not-supported", 422: "processing", 429: "throttled", 500: "exception", 503: "transient",
}  # fmt: skip
_BY_REASON = {
    reasons.WRONG_INS_KEY: 400,
    reasons.OUTSIDE_RECIPIENT: 400,
    reasons.PATIENT_UNREACHABLE: 404,
    reasons.PROGRAM_ATTACHED: 415,
}
"""Statuses of refusals that are no 403."""
_BY_FAULT = {DepositFault.FORM: 415, DepositFault.CONTENT: 422, DepositFault.BUSY: 503}
_IN_ENGLISH = {
    "900": "The version of the document is not supported; send a supported one.",
    "903": "The document bears no INS; qualify the patient's identity and deposit it again.",
    "904": "The document is of another patient; check addressee and identity.",
    "905": "The identity in the document is incomplete; complete it and deposit the document again.",
    "906": "The document cannot be filed; check it, or send it in a supported form: CDA, IHE XDM, PDF, picture, DICOM.",
}
_BUSY = (
    "Service momentanément occupé\N{NO-BREAK SPACE}; réessayez plus tard.",
    "Too busy just now; please try again later.",
)


def outcome(
    status: int, code: str, french: str, english: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Answer with an `OperationOutcome`; a status that asks to wait says how long."""
    issue = {
        "severity": "error",
        "code": _ISSUES.get(status, "invalid"),
        "details": {"coding": [{"system": _SYSTEM, "code": code}], "text": french},
        "diagnostics": english,
    }
    body = orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]})
    return web.Response(body=body, status=status, content_type=_MEDIA_TYPE, charset="utf-8", headers=headers)


def of_verdict(verdict: Reject | Defer) -> web.Response:
    """Answer what the policy refuses or does not know now, in its own sentences."""
    reason = verdict.reason
    if isinstance(verdict, Reject):
        return outcome(_BY_REASON.get(reason, 403), reason.rule, reason.french, reason.english)
    guesses = reason.rule == reasons.TOO_MANY_MISSES.rule
    wait = {"Retry-After": str(_LATER if guesses else _SOON)}
    return outcome(429 if guesses else 503, reason.rule, reason.french, reason.english, wait)


def of_refusal(refused: DepositRefused) -> web.Response:
    """Answer that a document was read and not filed, or could not be read now."""
    if refused.fault is DepositFault.BUSY:
        return busy()
    return outcome(_BY_FAULT[refused.fault], refused.code, *said_of(refused.code, refused.cause))


def said_of(code: str, cause: str = "") -> tuple[str, str]:
    """Say in French and in English what a national code means and what to do."""
    next_ = NEXT.get(code, NEXT["906"])
    text = " ".join(filter(None, (f"{LABELS[code]}.", cause, next_)))
    return text, _IN_ENGLISH.get(code, _IN_ENGLISH["906"])


def busy() -> web.Response:
    """Answer that there is no room or no reader now."""
    return outcome(503, "busy", *_BUSY, {"Retry-After": str(_SOON)})


@web.middleware
async def answer_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure with an `OperationOutcome`."""
    try:
        async with asyncio.timeout(_WHOLE_SECONDS):
            return await handler(request)
    except web.HTTPException as error:
        allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return outcome(
            error.status, "http",
            "Rien ici à cette adresse ou par cette méthode\N{NO-BREAK SPACE}; voyez le manuel.",
            "Nothing here by this address or method; send POST /patients/ADDRESS/documents or /care-history.", allowed,
        )  # fmt: skip
    except (PliError, TimeoutError) as error:
        _tell(error, 503)
        return busy()
    except Exception as error:  # noqa: BLE001 - the edge answers everything, here and nowhere else
        incident = _tell(error, 500)
        return outcome(
            500, "incident",
            f"Une erreur est survenue. Elle vient de nous. Réessayez dans un moment. Incident {incident}.",
            f"A failure of ours; please try again later. Incident {incident}.",
        )  # fmt: skip


def _tell(error: Exception, status: int) -> str:
    incident = new_incident()
    _log.error("deposit.failed", incident=incident, status=status, error=type(error).__name__, frames=frames_of(error))
    return incident
