"""What the frozen networks get to see of the photos of a data set."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.utils.data import Dataset

from aucgan.datasets.face_folder import FaceFolder


class ViewedPhotos(Dataset):
    """The photos alone, as a data set shows them, without chance.

    A sample is ``(V, 3, H, W)``: the photo and, where the pipeline mirrors, its mirrored variant.

    Args:
        dataset: The face folder with its pipeline.
        indices: Which of its samples.
    """

    def __init__(self, dataset: FaceFolder, indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, number: int) -> Tensor:
        """All variants of one photo."""
        return self.dataset.variants(self.indices[number])
