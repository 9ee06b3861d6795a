"""The engine of Steepest: NumPy and the standard library only; no I/O, no clock, no JSON."""
