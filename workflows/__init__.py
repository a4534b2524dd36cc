"""The durable shells: each workflow keeps one aggregate's life and holds no rule of its own.

Nothing is imported here, for Temporal's sandbox reads this module for every run of every workflow.
"""
