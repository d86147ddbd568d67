"""Names and order of the facial action units (FACS, Ekman & Friesen 1978; order of OpenGraphAU)."""

MAIN_AUS: dict[int, str] = {
    1: "inner brow raiser",
    2: "outer brow raiser",
    4: "brow lowerer",
    5: "upper lid raiser",
    6: "cheek raiser",
    7: "lid tightener",
    9: "nose wrinkler",
    10: "upper lip raiser",
    11: "nasolabial deepener",
    12: "lip corner puller",
    13: "sharp lip puller",
    14: "dimpler",
    15: "lip corner depressor",
    16: "lower lip depressor",
    17: "chin raiser",
    18: "lip pucker",
    19: "tongue show",
    20: "lip stretcher",
    22: "lip funneler",
    23: "lip tightener",
    24: "lip pressor",
    25: "lips part",
    26: "jaw drop",
    27: "mouth stretch",
    32: "lip bite",
    38: "nostril dilator",
    39: "nostril compressor",
}
"""FACS number → name of the 27 main action units, in the order of the networks' outputs."""

SIDED_AUS: tuple[int, ...] = (1, 2, 4, 6, 10, 12, 14)
"""The action units that also have a left and a right sub-unit (the person's own left and right)."""

AU_NAMES: tuple[str, ...] = tuple(f"AU{n}" for n in MAIN_AUS) + tuple(
    f"AU{side}{n}" for n in SIDED_AUS for side in "LR"
)
"""The 41 labels: 27 main units, then ``AUL1 AUR1 AUL2 AUR2 …``."""

N_MAIN, N_AUS = len(MAIN_AUS), len(AU_NAMES)

MIRROR: tuple[int, ...] = tuple(
    AU_NAMES.index(name.replace("AUL", "AUX").replace("AUR", "AUL").replace("AUX", "AUR")) for name in AU_NAMES
)
"""Index permutation of the 41 labels when the image is flipped left to right."""


def main_index(au: int) -> int:
    """Position of a main action unit, by its FACS number, among the 41 labels."""
    return AU_NAMES.index(f"AU{au}")


def side_index(au: int, side: str) -> int:
    """Position of a left (``'L'``) or right (``'R'``) sub-unit among the 41 labels."""
    return AU_NAMES.index(f"AU{side}{au}")
