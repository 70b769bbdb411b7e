"""How much filing a message writes: what its documents take once opened, whatever they took in the message."""

from dossier_bridge.reading import read_attachments
from gateway.services.filing.filed_documents import octets_of
from tests.builders.clinical import a_report, a_request, an_xdm


def test_documents_count_as_they_are_written_and_not_as_they_came() -> None:
    # Digits keep the archive below the ratio at which it is refused.
    digits = b"".join(b"%08d" % (number * 7919 % 10**8) for number in range(12_500))
    comment = b"<!--" + digits + b" " * (3 << 20) + b"-->"
    archive = an_xdm(a_report().replace(b"</ClinicalDocument>", comment + b"</ClinicalDocument>"))
    outcome = read_attachments(a_request(("IHE_XDM.zip", archive)))
    assert len(archive) < 1 << 20
    assert not outcome.failures
    assert octets_of(outcome.documents) > 3 << 20
