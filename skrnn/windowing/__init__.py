"""Windows and sequences: what stands between a series or a text and a network."""

from ._lags_to_sequences import LagsToSequences
from ._sequence_padder import SequencePadder
from ._sequence_tokenizer import SequenceTokenizer
from ._sliding_window import SlidingWindow
from ._windows import make_windows

__all__ = [
    "LagsToSequences",
    "SequencePadder",
    "SequenceTokenizer",
    "SlidingWindow",
    "make_windows",
]
