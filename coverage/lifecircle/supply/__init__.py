"""Requirement, ledgers and the sharing of floor area. Pure: no file, no network, no clock."""
