"""The outside world as workflows reach it: one class for each outside thing."""
