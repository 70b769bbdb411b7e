"""The example of a page in `docs/recipes.md` is a page when one does what is written there, and nothing else."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.builders.repository import ROOT, section, text

SHOW = """
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
from webmail.app import FEATURES
from webmail.pages import Frame, Pages

pages = Pages(ZoneInfo("Europe/Paris"), FEATURES)
print([route.path for feature in FEATURES for table in feature.routes for route in table if "vacc" in route.path])
print([tab.label for feature in FEATURES for tab in feature.tabs])
print(pages.render("vaccines.html", Frame(tab="vaccins"), datetime.now(UTC), names=("DTP", "<b>")))
"""


def test_the_page_of_the_recipe_is_a_page(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "webmail", tmp_path / "webmail", ignore=shutil.ignore_patterns("__pycache__"))
    recipe = section(text("docs/recipes.md"), "A page of the web space")
    init, feature, template = re.findall(r"```(?:python|html)\n(.*?)```", recipe, re.DOTALL)
    folder = tmp_path / "webmail" / "vaccines"
    (folder / "templates").mkdir(parents=True)
    (folder / "__init__.py").write_text(init)
    (folder / "feature.py").write_text(feature)
    (folder / "templates" / "vaccines.html").write_text(template)
    app = tmp_path / "webmail" / "app.py"
    listed = app.read_text(encoding="utf-8")
    app.write_text(listed.replace('"documents", "soon"', '"documents", "vaccines", "soon"'), encoding="utf-8")
    path = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "PYTHONSAFEPATH": "1"}
    shown = subprocess.run(
        [sys.executable, "-c", SHOW], env=path, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    routes, tabs, page = shown.stdout.split("\n", 2)
    assert routes == "['/vaccins']"
    assert tabs == "['Accueil', 'Messages', 'Documents', 'Vaccins', 'Profil médical', 'Agenda']"
    assert "<li>&lt;b&gt;</li>" in page
