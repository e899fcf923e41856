"""matplotlib is imported when something is drawn, and a missing one is named."""

import subprocess
import sys

import pytest

DISPLAYS = [
    "ForecastDisplay",
    "GradientFlowDisplay",
    "HiddenStatesDisplay",
    "LossCurveDisplay",
]


def run(code):
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_importing_and_making_displays_imports_no_matplotlib():
    code = "\n".join(
        [
            "import sys",
            *(f"from skrnn import {name}; {name}([[1.0]])" for name in DISPLAYS),
            "unwanted = {'matplotlib', 'sktime', 'tensorflow'}",
            "print(sorted(unwanted & set(sys.modules)))",
        ]
    )
    assert run(code).strip() == "[]"


@pytest.mark.parametrize("name", DISPLAYS)
def test_without_matplotlib_the_error_says_what_to_install(name):
    code = "\n".join(
        [
            "import sys",
            "sys.modules['matplotlib'] = None",
            f"from skrnn import {name}",
            "try:",
            f"    {name}([[1.0]]).plot()",
            "except ImportError as error:",
            "    print(error)",
        ]
    )
    message = run(code)
    assert message.startswith(f"{name}.plot requires matplotlib")
    assert "pip install matplotlib" in message
