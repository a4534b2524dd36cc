"""A rehearsal: scripted staff who carry a technology to business as usual through the public updates alone.

It is a program of its own, beside the engine: it reads what any reader may read and sends what any manager or
board team may send.
"""
