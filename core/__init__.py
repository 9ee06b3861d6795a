"""The engine of Steepest: NumPy and the standard library only; no I/O, no clock, no JSON."""

import os

# A run has the same bits wherever it is made: matrix products must not be split over threads. NumPy's BLAS reads
# this once, when it is loaded, so it stands before anything that imports NumPy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
