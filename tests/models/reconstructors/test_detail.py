import copy

import pytest
import torch
from host_reads import HostReads

from aucgan.models.reconstructors.detail import DetailReconstructor
from aucgan.models.reconstructors.detail_faces import FacialExpression
from aucgan.registry import OPTIM_WRAPPER_CONSTRUCTORS

OPTIM = dict(
    type="GroupedOptimWrapperConstructor",
    optim_wrapper_cfg=dict(
        generator=dict(modules=["detail_encoder", "generator"], optimizer=dict(type="Adam", lr=1e-3, fused=True)),
        discriminator=dict(modules=["discriminator"], optimizer=dict(type="Adam", lr=1e-3, fused=True)),
    ),
)


def wrappers(model):
    return OPTIM_WRAPPER_CONSTRUCTORS.build(copy.deepcopy(OPTIM))(model)


def snapshot(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


@pytest.fixture
def model(build, detail_config):
    return build(detail_config).train()


def test_a_step_moves_the_learned_parts_and_nothing_else(model, batch):
    before = snapshot(model)
    log = model.train_step(batch, wrappers(model))
    assert all(torch.isfinite(v).all() for v in log.values())
    assert {"loss", "loss_d", "loss_photo", "loss_au", "loss_adv"} <= set(log)
    moved = {name.split(".")[0] for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == {"detail_encoder", "generator", "discriminator"}


def test_a_step_reads_no_value_back(build, detail_config, batch, monkeypatch):
    monkeypatch.setattr("aucgan.losses.image.mrf._is_at_hand", lambda x: False)  # as on a GPU
    losses = detail_config["losses"] | dict(mrf=dict(type="IDMRFLoss", vgg_weights="random", weight=0.1))
    model = build(detail_config, losses=losses, patch_size=32).train()
    optimizers = wrappers(model)
    model.train_step(batch, optimizers)
    with HostReads("aucgan.renderers") as reads:  # the rasterizer's arrays have as many rows as there are spans
        model.train_step(batch, optimizers)
    assert not reads.found


def test_the_face_patch_can_be_named(build, detail_config, batch):
    model = build(detail_config, patch_box=[0.25, 0.75, 0.125, 0.875]).train()
    side = model.renderer.uv_size
    assert model.face_patch.rows == slice(side // 4, side * 3 // 4) and model.face_patch.columns.start == side // 8
    assert torch.isfinite(model.train_step(batch, wrappers(model))["loss_photo"])


def test_frozen_parts_stay_in_eval_mode(model):
    assert not model.au_net.training and not model.encoder.training
    assert model.generator.training and model.discriminator.training
    assert not any(p.requires_grad for p in model.au_net.parameters())
    model.eval()
    assert not model.generator.training


def test_one_generator_forward_an_iteration(model, batch, monkeypatch):
    calls = []
    forward = model.generator.forward
    monkeypatch.setattr(model.generator, "forward", lambda *a: calls.append(1) or forward(*a))
    model.train_step(batch, wrappers(model))
    assert len(calls) == 1


def test_the_generator_s_step_leaves_no_gradient_in_the_discriminator(model, batch):
    optim = wrappers(model)
    photo = model.look(batch)
    detail = model.make_detail(photo)
    model.discriminator_phase(photo, detail, optim["discriminator"])
    assert all(p.grad is None for p in model.generator.parameters()), "the discriminator's step reached the generator"
    model.discriminator.zero_grad(set_to_none=True)
    model.generator_phase(photo, detail, batch, optim["generator"])
    assert all(p.grad is None for p in model.discriminator.parameters())


def test_losses_reach_the_generator_through_the_au_network(build, detail_config, batch):
    losses = dict(au=dict(type="AUFeatureLoss", mode="bce", weight=1.0))
    model = build(detail_config, losses=losses, discriminator=None).train()
    sum(model.loss(batch).values()).backward()
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in model.generator.parameters())
    assert all(p.grad is None for p in model.au_net.parameters())


def test_the_composite_is_the_photo_outside_the_mask(model, batch):
    photo, detail = model.eval()(mode="tensor", **batch)
    outside = (photo.mask == 0).expand_as(photo.image)
    assert torch.equal(detail.composite[outside], photo.image[outside])
    assert detail.uv_z.shape == (2, 1, 128, 128) and detail.uv_z.abs().max() <= 0.01


def test_without_aus_the_features_do_not_matter(build, detail_config, batch):
    model = build(detail_config, afn_source="zero").eval()
    photo = model.look(batch)
    assert photo.cond_afn.abs().max() == 0 and photo.afn.abs().max() > 0


def test_stored_features_stand_in_for_the_frozen_networks(model, batch, monkeypatch):
    model.eval()
    features = model.photo_features(batch["image"])
    assert features["codes"].shape == (2, 245) and features["afn"].shape[:2] == (2, 27)
    seen, stored = model.loss(batch), dict(batch, features=features)
    forward = model.au_net.forward
    monkeypatch.setattr(model.encoder, "forward", lambda image: pytest.fail("the encoder ran"))
    monkeypatch.setattr(model.au_net, "forward", lambda image: image.requires_grad and forward(image))
    for name, value in model.loss(stored).items():
        assert torch.equal(value, seen[name]), name


def test_predict_gives_a_dict_a_sample(model, batch):
    outputs = model.eval()(mode="predict", **batch)
    assert len(outputs) == 2
    assert {"uv_z", "gt_uv_z", "normals_uv", "coarse_normals_uv", "gt_normals_uv", "face_mask_uv"} <= set(outputs[0])
    norm = outputs[0]["gt_normals_uv"].norm(dim=0)
    torch.testing.assert_close(norm[norm > 0.5].mean(), torch.tensor(1.0), atol=0.02, rtol=0)


def test_picture_rows_match_their_titles(model, batch):
    rows = model.eval().picture_rows(batch)
    assert len(rows) == 2 and all(len(row) == len(DetailReconstructor.picture_titles) for row in rows)
    assert all(picture.shape[0] == 3 for row in rows for picture in row)


def test_bad_settings_are_explained(build, detail_config):
    with pytest.raises(ValueError, match="afn_source"):
        build(detail_config, afn_source="none")
    with pytest.raises(ValueError, match="needs a discriminator"):
        build(detail_config, discriminator=None)
    with pytest.raises(ValueError, match="landmrk"):
        build(detail_config, losses=dict(landmrk=dict(type="LandmarkLoss")))
    with pytest.raises(ValueError, match="jaw_type"):
        build(detail_config, jaw_type="quaternion")


def test_faces_can_be_given_the_photos_of_others(build, detail_config, batch):
    model = build(detail_config, exchange_photos=True).eval()
    outputs = model(mode="predict", **(batch | dict(identity=torch.tensor([0, 1]))))
    assert all(sample["uv_z_same_person"].isnan().all() for sample in outputs)
    photo = model.look(batch)
    swapped = model.generate(model.read_detail(photo).flip(0), FacialExpression.of(photo))
    torch.testing.assert_close(torch.stack([sample["uv_z_other_person"] for sample in outputs]), swapped)
    alike = model(mode="predict", **batch)
    torch.testing.assert_close(torch.stack([sample["uv_z_same_person"] for sample in alike]), swapped)
