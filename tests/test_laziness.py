"""What is imported when, and which room may import which."""

import ast
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import skrnn

PACKAGE = Path(skrnn.__file__).parent

# Each room may import those before it.
ROOMS = ["engine", "windowing", "estimators", "forecasting", "plotting"]
# What one room alone may import.
OWNERS = {"sktime": "forecasting", "skbase": "forecasting", "matplotlib": "plotting"}

LAZY = """
    import sys

    def check(moment):
        heavy = {"tensorflow", "keras", "sktime", "matplotlib"} & {*sys.modules}
        assert not heavy, f"{moment} imported {heavy}"

    import skrnn
    check("import skrnn")
    from sklearn.base import clone
    for name in ("RNNRegressor", "RNNClassifier", "SlidingWindow", "LagsToSequences"):
        estimator = clone(getattr(skrnn, name)())
        estimator.get_params(), repr(estimator), estimator._repr_html_()
        check(name)
"""

SMALL_FIT = """
    from skrnn import RNNRegressor
    from skrnn.datasets import make_adding_problem
    X, y = make_adding_problem(20, n_timesteps=5, random_state=0)
    RNNRegressor(4, epochs=2).fit(X, y).predict(X)
    check("a small fit")
"""


@pytest.mark.parametrize("code", [LAZY, LAZY + SMALL_FIT], ids=["objects", "small fit"])
def test_nothing_heavy_is_imported(code):
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_every_public_name_without_docstrings():
    """Python leaves them out where it is told to optimize twice."""
    code = "import skrnn; [getattr(skrnn, name) for name in skrnn.__all__]"
    command = [sys.executable, "-OO", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def imported_modules(path):
    """Yield the absolute names of the modules that a file of the package imports."""
    package = path.relative_to(PACKAGE.parent).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*parents, *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(path):
    return path.relative_to(PACKAGE).parts[0]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_dependencies_point_one_way(path):
    room = room_of(path)
    for module in imported_modules(path):
        root, *rest = module.split(".")
        owner = OWNERS.get(root, room)
        assert owner == room, f"only {owner} may import {root}"
        if root == "skrnn" and rest and rest[0] in ROOMS and room in ROOMS:
            allowed = ROOMS[: ROOMS.index(room) + 1]
            assert rest[0] in allowed, f"{room} may not import {rest[0]}"


def test_every_room_is_known():
    rooms = {room_of(path) for path in FILES if path.parent != PACKAGE}
    assert rooms <= {*ROOMS, "datasets"}


def test_the_engine_knows_neither_scikit_learn_nor_sktime():
    for path in FILES:
        if room_of(path) == "engine":
            roots = {module.split(".")[0] for module in imported_modules(path)}
            assert not roots & {"sklearn", "sktime", "pandas"}, path


def test_private_parts_of_scikit_learn_are_imported_in_one_file():
    for path in FILES:
        if path.name == "_sklearn.py":
            continue
        for module in imported_modules(path):
            parts = module.split(".")
            private = [part for part in parts[1:] if part.startswith("_")]
            assert parts[0] != "sklearn" or not private, f"{path}: {module}"
