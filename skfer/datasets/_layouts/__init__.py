"""Readers, one an official layout, and that of a folder of one's own."""
