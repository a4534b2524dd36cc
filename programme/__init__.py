"""The programme as data, and its strict reader: what a programme wants is written here, not in code."""
