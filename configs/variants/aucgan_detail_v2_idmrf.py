# v2 with DECA's MRF term; weight = old photo_D x mrf = 2.0 x 0.05.
_base_ = [
    "../_base_/models/detail_v2_112.py",
    "../_base_/chains/detail_112.py",
    "../_base_/datasets/procedural_112_truth.py",
    "../_base_/schedules/detail_gan.py",
    "../_base_/default_runtime.py",
]
required_assets = dict(vgg19="weights/vgg19-dcbb9e9d.pth")
model = dict(losses=dict(mrf=dict(type="IDMRFLoss", vgg_weights=required_assets["vgg19"], weight=0.1)))
