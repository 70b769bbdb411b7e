"""`pli vocabulary`: a list is looked at, put in service, and found."""

from gateway.config import load_settings
from gateway.domain.vocabulary import VocabularyKind
from gateway.vocabulary.vocabulary_files import VocabularyFiles
from tests.builders.command_line import Gateway


def test_list_is_looked_at_before_it_is_put_in_service(gateway: Gateway) -> None:
    source = gateway.folder.with_name("cim.csv")
    source.write_text("J45;Asthme\n", encoding="utf-8")
    settings = load_settings(gateway.config)
    files = VocabularyFiles(settings.path(settings.paths.directory))
    assert gateway.run("vocabulary", "import", source, "--kind", "cim", "--dry-run").code == 0
    assert not files.has(VocabularyKind.ILLNESSES)
    assert not files.search(VocabularyKind.ILLNESSES, "asthme", 5)
    assert gateway.run("vocabulary", "import", source, "--kind", "cim").code == 0
    assert [term.code for term in files.search(VocabularyKind.ILLNESSES, "asthme", 5)] == ["J45"]
    refused = gateway.run("vocabulary", "import", source, "--kind", "bdpm")
    assert (refused.code != 0, "no line of it" in refused.talk) == (True, True)
    source = gateway.folder.with_name("CIS_bdpm.txt")
    source.write_bytes("61266250\tCRÈME À L’ESSAI, pommade\tpommade\tcutanée\r\n".encode("cp1252"))
    assert gateway.run("vocabulary", "import", source, "--kind", "bdpm").code == 0
    found = files.search(VocabularyKind.MEDICINES, "creme essai", 5)
    assert [(term.code, term.label) for term in found] == [("61266250", "CRÈME À L’ESSAI, pommade")]
    assert [term.code for term in files.search(VocabularyKind.ILLNESSES, "asthme", 5)] == ["J45"]
