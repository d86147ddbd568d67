from real_faces import astronaut, detector

__all__ = ["astronaut", "detector"]
