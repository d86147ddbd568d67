"""Who is photographed: what differs between people beside the shape of their heads."""
