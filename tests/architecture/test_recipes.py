"""The examples of `docs/recipes.md` work when one does what is written there, and nothing else."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.recipes import follow
from tests.builders.repository import PACKAGES, ROOT, section, text

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
    app.write_text(listed.replace('    "profile",\n', '    "vaccines",\n    "profile",\n'), encoding="utf-8")
    path = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "PYTHONSAFEPATH": "1"}
    shown = subprocess.run(
        [sys.executable, "-c", SHOW], env=path, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    routes, tabs, page = shown.stdout.split("\n", 2)
    assert routes == "['/vaccins']"
    assert tabs == "['Accueil', 'Messages', 'Documents', 'Vaccins', 'Profil médical', 'Agenda']"
    assert "<li>&lt;b&gt;</li>" in page


MOST_FILES = 3
"""Files besides tests that a recipe touches, an `__init__.py` of one docstring apart."""
PAGE_RECIPE, RECORD_RECIPE = "A page of the web space", "A kind of sealed record"
RECIPES = re.findall(r"^## (.+)$", text("docs/recipes.md"), re.MULTILINE)
FREEZE = "-m tests.builders.frozen_records"
IMPORTS = "-c 'import gateway.app, gateway.cli.app, gateway.imap.verbs.table'"
TESTS = (
    "-m pytest tests/unit/policy/test_stages.py tests/unit/dossier/test_formats.py tests/unit/imap/test_imap_states.py"
    " tests/architecture/test_settings_documented.py tests/architecture/test_policy_documented.py"
    " tests/architecture/test_commands_documented.py tests/architecture/test_log_events.py"
    " tests/architecture/test_map_is_true.py tests/contract/test_sealed_forms.py tests/contract/test_store_consents.py"
    " -k 'not don_t_know and not bears_the_id and not postgres and not a_page and not of_a_page'"
)
SAMPLES = "-m pytest tests/contract/test_sealed_forms.py"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a copy of the repository, to do recipes in."""
    for folder in (*PACKAGES, "tests", "docs", "examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "static"))
    for name in ("pyproject.toml", "README.md", "Makefile"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def _python(copy: Path, *runs: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    for run in runs:
        words = [sys.executable, *shlex.split(run)]
        done = subprocess.run(words, cwd=copy, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def _follow(copy: Path, recipe: str) -> list[str]:
    named = follow(recipe, copy)
    program = {place for place in named if not place.startswith("tests/") and not place.endswith("__init__.py")}
    assert 0 < len(program) <= MOST_FILES
    for place in named:
        if [path.name for path in (copy / place).parent.glob("*.py")] == [Path(place).name]:
            (copy / place).with_name("__init__.py").write_text('"""A folder of its own."""\n', encoding="utf-8")
    return [place for place in named if place.endswith(".py")]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_recipes_work_when_they_are_followed_all_in_one_copy(copy: Path) -> None:
    followed = [recipe for recipe in RECIPES if recipe not in {PAGE_RECIPE, RECORD_RECIPE}]
    code = [place for recipe in followed for place in _follow(copy, recipe)]
    _python(copy, f"-m ruff check {' '.join(code)}", FREEZE, TESTS, IMPORTS)


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_recipe_of_a_sealed_record_works_on_the_table_of_the_recipe(copy: Path) -> None:
    _follow(copy, "A table")
    schema = copy / "gateway/store/schema/spaces.py"
    schema.write_text(schema.read_text(encoding="utf-8").replace('number("until")', 'octets("record")'), "utf-8")
    _follow(copy, RECORD_RECIPE)
    _python(copy, FREEZE, SAMPLES, IMPORTS)
