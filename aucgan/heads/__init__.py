"""Head models in FLAME's format: arrays, topology, landmarks and albedo, and where they are read from."""
