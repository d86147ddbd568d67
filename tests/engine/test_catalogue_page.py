"""The page of all components is true: it is what the code says now."""

import subprocess
import sys
from pathlib import Path

import pytest
from torch import nn

from aucgan.engine.catalogue.catalogue import RegisteredComponent
from aucgan.engine.catalogue.catalogue_page import _plain, component_users
from aucgan.engine.catalogue.network_size import network_size
from aucgan.models.encoders.detail_encoder import DetailEncoder
from aucgan.models.reconstructors.coarse import CoarseReconstructor


@pytest.mark.slow
def test_the_page_is_up_to_date():
    # in an interpreter of its own: other tests register components
    command = [sys.executable, "tools/list_components.py", "--markdown"]
    page = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    assert page == Path("docs/components.md").read_text(encoding="utf-8"), (
        "run: python tools/list_components.py --markdown > docs/components.md"
    )


def test_size_of_the_detail_encoder_by_hand():
    channels = (3, 64, 128, 256, 512, 1024, 512, 256, 128)
    sides = (128, 64, 32, 16, 8, 4, 2, 1)
    layers = list(zip(channels, channels[1:], sides, strict=False))
    size = network_size(DetailEncoder)
    assert size.inputs == {"image": (1, 3, 224, 224)} and size.outputs == ((1, 128),)
    assert size.flops == sum(2 * 16 * i * o * side**2 for i, o, side in layers)  # 4 x 4 kernels
    biases = 64 + 128  # of the first and the last; instance norm follows the others
    assert size.parameters == sum(16 * i * o for i, o, _ in layers) + biases


def test_what_cannot_be_sized_alone():
    class Foreign(nn.Module):
        def forward(self, image):
            return image

    assert network_size(Foreign) is None
    assert network_size(CoarseReconstructor) is None


def test_references_and_inputs_come_from_the_documentation():
    class Judge:
        """Judge photos [1].

        [1] Miyato & Koyama, cGANs with projection
        discriminator, ICLR 2018. [2] Karras et al.,
        CVPR 2020.

        More words.
        """

        def forward(self, image, afn, mask=None): ...

    component = RegisteredComponent("Judge", "Judge photos [1].", Judge)
    assert (
        component.reference
        == "Miyato & Koyama, cGANs with projection discriminator, ICLR 2018; Karras et al., CVPR 2020"
    )
    assert component.inputs == ("image", "afn")


def test_summaries_lose_their_pointers():
    summary = "Mean of ``x`` for :class:`Judge` [1]; see :func:`mean_loss`."
    assert _plain(summary) == "Mean of `x` for `Judge`."


def test_users_of_a_component(tmp_path):
    (tmp_path / "longer.py").write_text('model = dict(type="A", losses=[dict(type="B")])\n', encoding="utf-8")
    (tmp_path / "short.py").write_text('optim_wrapper = dict(constructor="B", text="A")\n', encoding="utf-8")
    assert component_users(sorted(tmp_path.glob("*.py"))) == {"A": ["longer"], "B": ["short", "longer"]}
