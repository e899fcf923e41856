"""What a stored estimator says of itself: which skrnn wrote it, in which format.

The state of a fitted estimator is its attributes, and those of what it holds. Where one
of them changes its name or its meaning, `FORMAT` goes up by one: an old file is then
refused with a word, instead of failing somewhere later, or predicting something else.
"""

from skrnn import __version__

FORMAT = 3


class Stored:
    """Base of estimators whose copies and files carry the number of their format."""

    def __getstate__(self):
        return {**vars(self), "_skrnn": (FORMAT, __version__)}

    def __setstate__(self, state):
        attributes = dict(state)
        written, version = attributes.pop("_skrnn", (0, "an unknown version"))
        if written != FORMAT:
            raise ValueError(
                f"This {type(self).__name__} was stored in format {written}, by skrnn "
                f"{version}; skrnn {__version__} reads format {FORMAT}. Load it with "
                "the version that stored it, or fit it again."
            )
        vars(self).update(attributes)
