"""Adding a page touches one folder and one line: the list of features is true, and a folder is whole in itself."""

import ast
import re
import tomllib

from tests.builders.repository import ROOT, named, text, trees
from webmail.app import FEATURES
from webmail.feature import feature_in

WEBMAIL = ROOT / "webmail"


def _folders() -> set[str]:
    return {path.parent.name for path in WEBMAIL.glob("*/feature.py")}


def test_every_folder_of_the_web_space_is_a_feature_in_service() -> None:
    assert {path.parent.name for path in WEBMAIL.glob("*/__init__.py")} == _folders()
    in_service = {id(feature) for feature in FEATURES}
    assert in_service == {id(feature_in(folder)) for folder in _folders()}


def test_every_folder_has_its_place_among_the_features_that_may_not_know_each_other() -> None:
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (features,) = (contract for contract in contracts if contract.get("containers") == ["webmail"])
    placed = {name for layer in features["layers"] for name in re.findall(r"\w+", layer)}
    assert placed == _folders() | {"app"}


def test_what_all_pages_share_names_no_feature() -> None:
    names = _folders()
    imports = [
        (path, (node.module or "").split("."))
        for path, tree in trees("webmail")
        for node in ast.walk(tree)
        if path.count("/") == 1 and isinstance(node, ast.ImportFrom)
    ]
    assert [(path, module) for path, module in imports if module[0] == "webmail" and names & set(module[1:2])] == []


def test_the_templates_of_a_feature_lie_in_its_folder() -> None:
    shared = {path.name for path in (WEBMAIL / "templates").iterdir()}
    for folder in _folders():
        own = {path.name for path in (WEBMAIL / folder).glob("templates/*.html")}
        shown = {
            node.args[1].value
            for path, tree in trees(named(WEBMAIL / folder))
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "page"
            if isinstance(node.args[1], ast.Constant)
        }
        assert shown <= own | shared, folder
