"""Policy documents as data, and the measures that their rules name."""
