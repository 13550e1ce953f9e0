"""Reference models of the literature, to hold results against; the window doesn't know them."""

from experiments.reference.kuramoto import (
    KuramotoModel,
    locked_coherence,
    lorentzian_frequencies,
)

__all__ = ["KuramotoModel", "locked_coherence", "lorentzian_frequencies"]
