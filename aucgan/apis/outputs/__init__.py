"""Tables and codes that other programs read: Live Link Face's CSV, tables of action units, codes as NPZ."""
