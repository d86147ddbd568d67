"""What is on a skin that no linear albedo model holds: hairs one by one, spots, make-up, irises."""

from aucgan.datasets.procedural.people.paint.painter import paint_extras

__all__ = ["paint_extras"]
