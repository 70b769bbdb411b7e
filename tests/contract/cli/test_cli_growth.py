"""`pli growth import`: tables are looked at, put in service, and used; what is no table is refused with a code."""

from decimal import Decimal

from gateway.config import load_settings
from gateway.domain.identity import Sex
from gateway.domain.measures import MeasureKind
from gateway.growth.growth_files import GrowthFiles
from gateway.growth.who_tables import WHO
from tests.builders.command_line import Gateway
from tests.builders.command_tree import GROWTH


def test_tables_are_looked_at_before_they_are_put_in_service(gateway: Gateway) -> None:
    source = gateway.folder.with_name("growth.csv")
    source.write_text(GROWTH, encoding="utf-8")
    said = ("--name", "Courbes de l’exemple", "--publication", "Livre de l’exemple", "--dated", "2018")
    settings = load_settings(gateway.config)
    files = GrowthFiles(settings.path(settings.paths.directory))
    assert gateway.run("growth", "import", source, *said, "--dry-run").code == 0
    before = files.table(MeasureKind.WEIGHT, Sex.FEMALE)
    assert before is not None
    assert before.standard is WHO
    assert gateway.run("growth", "import", source, *said).code == 0
    own = files.table(MeasureKind.WEIGHT, Sex.FEMALE)
    assert own is not None
    assert (own.standard.name, own.at(0)) == ("Courbes de l’exemple", (Decimal("2.4"), Decimal("3.2"), Decimal("4.2")))
    other = files.table(MeasureKind.WEIGHT, Sex.MALE)
    assert other is not None
    assert other.standard is WHO
    source.write_text(GROWTH.replace("2,4", "deux"), encoding="utf-8")
    refused = gateway.run("growth", "import", source, *said)
    assert refused.code != 0
    assert "PLI-102" in refused.talk
    assert "line 2: p3 is no number" in refused.talk
