"""Measures Cairn against the least that its engine could do: `python -m benchmarks`, or `make bench`."""
