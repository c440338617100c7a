"""Awkward files of every format, each with what must become of it, written down independently of the readers."""
