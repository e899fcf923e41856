"""What the README and the documentation say is true of the package."""

import ast
import inspect
import re
import textwrap
import tomllib
from operator import attrgetter
from pathlib import Path

import pytest

import skrnn

ROOT = Path(__file__).parents[1]
PUBLIC = sorted(
    {*skrnn.__all__, *(f"datasets.{name}" for name in skrnn.datasets.__all__)}
    - {"datasets"}
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    page
    for page in sorted((ROOT / "docs").rglob("*.rst"))
    if not {"_build", "_templates", "auto_examples", "generated"} & set(page.parts)
]
COMMANDS = re.findall(r"```shell\n(.*?)```", README, re.DOTALL)
BLOCK = re.compile(r"^ *\.\. code-block:: python\n((?:\n| +.*\n)+)", re.MULTILINE)
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=["forecast", "regression"])
def test_readme_code_runs(snippet):
    exec(compile(snippet, "README.md", "exec"), {})


def test_readme_commands_name_files_and_extras_that_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    commands = "\n".join(COMMANDS)
    extras = set(re.findall(r'"\.\[(\w+)\]"', README))
    assert extras == {"plot", "test", "docs"}
    assert extras <= set(project["optional-dependencies"])
    scripts = re.findall(r"python (\S+\.py)", commands)
    assert scripts == ["examples/plot_quickstart.py"]
    assert (ROOT / scripts[0]).is_file()


def test_readme_links_exist():
    targets = re.findall(r"\]\((?!https?:)([^)]+)\)", README)
    assert targets
    assert [t for t in targets if not (ROOT / t).exists()] == []


def test_api_page_lists_every_public_name():
    page = (ROOT / "docs/api/index.rst").read_text(encoding="utf-8")
    entries = re.findall(r"^   ([\w.]+)$", page, re.MULTILINE)
    assert sorted(entries) == PUBLIC


def documented_defaults(obj):
    """Give each parameter in the order of the docstring, with its default."""
    _, text = re.split(r"^Parameters\n-+\n", inspect.getdoc(obj), flags=re.MULTILINE)
    text = re.split(r"^[A-Z][\w ]*\n-+\n", text, flags=re.MULTILINE)[0]
    text = text.replace("\\\n", "")  # a long type goes on in the next line
    for name, kind in re.findall(r"^(\w+) : (.*)$", text, re.MULTILINE):
        *_, default = kind.rpartition("default=")
        given = "default=" in kind
        yield name, ast.literal_eval(default) if given else inspect.Parameter.empty


@pytest.mark.parametrize("name", PUBLIC)
def test_parameters_and_their_defaults_are_documented(name):
    obj = attrgetter(name)(skrnn)
    parameters = inspect.signature(obj).parameters.values()
    assert list(documented_defaults(obj)) == [(p.name, p.default) for p in parameters]


def test_examples_that_the_pages_name_exist():
    named = {
        (page.relative_to(ROOT).as_posix(), name)
        for page in PAGES
        for name in re.findall(r"auto_examples/(plot_\w+)", page.read_text("utf-8"))
    }
    assert "plot_quickstart" in {name for _, name in named}
    missing = {n for n in named if not (ROOT / "examples" / f"{n[1]}.py").is_file()}
    assert missing == set()


def test_code_that_no_test_runs_names_what_exists():
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    blocks = [textwrap.dedent(block) for block in BLOCK.findall(text)]
    nodes = [node for block in blocks for node in ast.walk(ast.parse(block))]
    imports = [n for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]
    assert imports
    for statement in imports:
        exec(ast.unparse(statement), {})


def test_version_is_the_one_of_the_changelog():
    changelog = (ROOT / "docs/changelog.rst").read_text(encoding="utf-8")
    newest = re.search(r"^(\d+\.\d+\.\d+)", changelog, re.MULTILINE).group(1)
    assert skrnn.__version__ == newest
