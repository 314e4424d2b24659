"""Who can walk to eldercare within 15 minutes, and which residential areas lack floor area."""
