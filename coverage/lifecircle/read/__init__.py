"""Readers: files of every kind become contract tables and street ways."""
