"""The walk network: access, snapping, search, catchments. Pure: no file, no network, no clock."""
