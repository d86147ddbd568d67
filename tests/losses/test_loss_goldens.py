"""The losses against published numbers; published weights and sums over the batch are divided out here."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from golden.detfill import det_input, fill_one

from aucgan.frozen.face_recognition import vggface2_input
from aucgan.losses import (
    CodePriorLoss,
    EyeClosureLoss,
    IdentityLoss,
    IDMRFLoss,
    LandmarkLoss,
    LipDistanceLoss,
    PhotometricLoss,
)
from aucgan.losses.appearance.albedo_constancy import albedo_constancy_loss
from aucgan.losses.appearance.albedo_ring import albedo_ring_loss
from aucgan.losses.appearance.albedo_same import albedo_same_loss
from aucgan.losses.appearance.light_prior import light_prior_loss
from aucgan.losses.appearance.shading_smoothness import shading_smoothness_loss
from aucgan.losses.appearance.shading_white import shading_white_loss
from aucgan.losses.codes.kl import kl_loss
from aucgan.losses.displacement.erosion import erode
from aucgan.losses.displacement.gradient_difference import gradient_difference_loss, inner_gradients
from aucgan.losses.displacement.laplacian import laplacian, laplacian_loss
from aucgan.losses.image.mrf import mrf_loss
from aucgan.losses.landmarks.eye_closure import EYE_PAIRS
from aucgan.losses.landmarks.landmark import landmark_loss
from aucgan.losses.landmarks.landmark_pairs import pair_distances
from aucgan.losses.landmarks.lip_distance import LIP_PAIRS

NUMBERS = np.load(Path(__file__).parents[1] / "golden" / "losses.npz")
#: Weights that the published training had already multiplied in.
PRIOR_WEIGHT, PHOTO_WEIGHT = 1e-4, 2.0


def golden(name):
    return torch.as_tensor(NUMBERS[name])


def check(value, name, rtol=1e-5, atol=1e-6):
    torch.testing.assert_close(value.detach(), golden(name), rtol=rtol, atol=atol)


@pytest.fixture
def landmarks():
    return golden("lmk.pred").requires_grad_(True), golden("lmk.gt")


@pytest.mark.parametrize("visible", ["ones", "vis"])
def test_landmarks(landmarks, visible):
    seen = golden("lmk.vis") if visible == "vis" else None
    for _ in range(2):  # the published one multiplied its weights into the target: its second call differs
        check(LandmarkLoss()(*landmarks, seen), f"weighted_landmark_loss.{visible}")
    check(LandmarkLoss(weighted=False)(*landmarks, seen), f"kp_l1.{visible}")
    check(landmark_loss(*landmarks, seen, golden("lmk.w")), f"kp_l1.{visible}.weighted")


@pytest.mark.parametrize(
    ("loss", "value", "gradient"),
    [
        (LandmarkLoss(), "weighted_landmark_loss.vis", "grad.weighted"),
        (EyeClosureLoss(), "eyed_loss.gt2", "grad.eyed"),
        (LipDistanceLoss(), "lipd_loss.gt2", "grad.lipd"),
    ],
)
def test_landmark_gradients(landmarks, loss, value, gradient):
    pred, target = landmarks
    seen = (golden("lmk.vis"),) if isinstance(loss, LandmarkLoss) else ()
    result = loss(pred, target, *seen)
    result.backward()
    check(result, value)
    check(pred.grad, gradient)


def test_openings(landmarks):
    check(pair_distances(landmarks[0], EYE_PAIRS), "eye_dis")
    check(pair_distances(landmarks[0], LIP_PAIRS), "lip_dis")


def test_kl():
    mean, log_variance = golden("kl.code").chunk(2, dim=1)
    check(kl_loss(mean, log_variance, "sum"), "kl_loss")


def test_shading_and_albedo():
    shading, albedo = golden("shading"), golden("albedo")
    check(shading_smoothness_loss(shading), "shading_smooth_loss")
    check(shading_white_loss(shading), "shading_white_loss")
    check(albedo_constancy_loss(albedo), "albedo_constancy_loss")
    check(laplacian(shading), "laplacian", atol=1e-5)
    check(laplacian_loss(shading, albedo), "laplacian_hq_loss")


def test_gradient_difference_up_to_the_published_slip():
    # There the prediction's vertical gradient is a difference of one row with itself, so 0; ours is not.
    shading, albedo = golden("shading"), golden("albedo")
    (_, pred_y), (_, target_y) = inner_gradients(shading), inner_gradients(albedo)
    slip = target_y.square().mean() - (pred_y - target_y).square().mean()
    check(gradient_difference_loss(shading, albedo) + slip, "gradient_dif_loss")


def test_rings():
    streams = [golden(f"ring{i}") for i in range(4)]
    check(albedo_ring_loss(streams), "albedo_ring_loss")
    check(albedo_same_loss(streams[:3]), "albedo_same_loss")


@pytest.mark.parametrize("code", ["shape", "exp", "tex"])
def test_code_priors(code):
    check(PRIOR_WEIGHT * CodePriorLoss("sum")(golden(f"reg.{code}")), f"reg.{code}_out")


def test_light_prior():
    check(light_prior_loss(golden("reg.light")), "reg.light_out")


def test_photometric():
    images = golden("photo.pred"), golden("photo.im"), golden("photo.mask")
    check(PHOTO_WEIGHT * PhotometricLoss("image")(*images), "photometric")


def test_erosion():
    check(erode(golden("erode"), radius=2), "binary_erosion")


def fill(module, seed, gain):
    own = module.state_dict()
    filled = {key: fill_one(key, value.shape, "float32", seed, gain) for key, value in own.items()}
    module.load_state_dict({key: torch.as_tensor(np.asarray(value)) for key, value in filled.items()})


@pytest.fixture(scope="module")
def idmrf():
    loss = IDMRFLoss(reduction="sum")
    fill(loss.vgg.features, seed=301, gain=1.41421356)
    return loss


@pytest.fixture(scope="module")
def mrf_images():
    gen, target = (det_input(f"mrf.{n}", (2, 3, 64, 64), 17, "smooth") for n in ("gen", "tar"))
    near = np.clip(gen + det_input("mrf.d", (2, 3, 64, 64), 17, scale=0.15), 0, 1)
    return tuple(map(torch.as_tensor, (gen, near, target)))


def test_vgg_layers_by_their_standard_names(idmrf, mrf_images):
    found = idmrf.vgg(mrf_images[0])
    for ours, published, stride in (("relu3_1", "relu3_2", 43), ("relu4_1", "relu4_2", 21)):
        check(found[ours].flatten()[::stride], f"vgg.{published}@sub", rtol=1e-4, atol=1e-4)
    # "relu1_2" is the second layer of its block there, so our relu1_1.
    x = (mrf_images[0] - idmrf.vgg.mean) / idmrf.vgg.std
    for name, depth in (("vgg.relu1_2@700", 2), ("vgg.conv2_1@348", 6)):
        layer = idmrf.vgg.features[:depth](x).flatten()[:: int(name.split("@")[1])]
        check(layer, name, rtol=1e-4, atol=1e-4)


def test_mrf_of_features():
    check(mrf_loss(golden("mrf.f1"), golden("mrf.f2"), "sum"), "mrf_loss.features")


def test_idmrf_and_its_gradient(idmrf, mrf_images):
    gen, near, target = mrf_images
    gen = gen.clone().requires_grad_(True)
    loss = idmrf(gen, target)
    loss.backward()
    check(loss, "idmrf.gen_tar", rtol=1e-4)
    check(gen.grad.flatten()[::11], "idmrf.grad_gen@sub", rtol=1e-3, atol=1e-6)
    with torch.no_grad():
        check(idmrf(gen, near), "idmrf.gen_near", rtol=1e-4)
        left = (torch.arange(64) < 32).float()
        check(idmrf(gen * left, target * left), "idmrf.masked", rtol=1e-4)
        assert idmrf(gen, gen).item() == pytest.approx(float(golden("idmrf.gen_gen")), abs=1e-5)
        black = torch.zeros(1, 3, 64, 64)
        check(idmrf(black, black), "idmrf.zero_zero", rtol=1e-3)


@pytest.mark.parametrize("other", ["tar", "near"])
def test_style_and_content_of_idmrf(idmrf, mrf_images, other):
    gen, near, target = mrf_images
    found, wanted = idmrf.vgg(gen), idmrf.vgg(near if other == "near" else target)
    terms = [mrf_loss(found[layer], wanted[layer], "sum") for layer in ("relu3_1", "relu4_1")]
    check(sum(terms), f"idmrf.gen_{other}.style", rtol=1e-4)
    check(terms[1], f"idmrf.gen_{other}.content", rtol=1e-4)
    if other == "tar":
        for term, layer in zip(terms, ("relu3_2", "relu4_2"), strict=True):
            check(term, f"idmrf.gen_tar.{layer}", rtol=1e-4)


def test_identity():
    loss = IdentityLoss()
    fill(loss.embed.network, seed=302, gain=1.0)
    gen, target = (torch.as_tensor(det_input(f"id.{n}", (2, 3, 224, 224), 17, "smooth")) for n in ("gen", "tar"))
    check(vggface2_input(gen).flatten()[::101], "id.transform@sub", atol=1e-4)
    with torch.no_grad():
        check(loss.embed(gen), "id.features", rtol=1e-4, atol=1e-3)
        check(loss(gen, target), "id.loss", rtol=1e-3)


def test_identity_weights_as_published(tmp_path):
    """A pickle of arrays with the classifier and without BatchNorm's counters."""
    state = IdentityLoss("random").embed.network.state_dict()
    arrays = {key: value.cpu().numpy() for key, value in state.items() if not key.endswith("num_batches_tracked")}
    path = tmp_path / "resnet50_ft_weight.pkl"
    path.write_bytes(pickle.dumps(arrays | {"fc.weight": np.zeros((8631, 1), np.float32)}, protocol=2))
    loaded = IdentityLoss(path).embed.network.state_dict()
    assert loaded.keys() == state.keys() and all(torch.equal(loaded[key], state[key]) for key in state)
    del arrays["layer4.2.bn3.weight"]
    path.write_bytes(pickle.dumps(arrays))
    with pytest.raises(ValueError, match="is no VGGFace2 ResNet-50: layer4.2.bn3.weight"):
        IdentityLoss(path)
