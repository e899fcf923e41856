"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

# No test may need a screen.
os.environ.setdefault("MPLBACKEND", "Agg")

# scikit-learn's suite leaves checks out unless scipy was imported with this set.
os.environ.setdefault("SCIPY_ARRAY_API", "1")

# Examples are the same in every run: a failure is a change in the code, not chance.
# `HYPOTHESIS_PROFILE=explore` looks for new ones.
settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    # How long inputs take to draw depends on what else the machine does.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
