# Head, albedo and renderer of the embedded default: 112 px, 128 x 128 UV map.
uv_size = 128
_face = dict(
    flame=dict(type="FLAME", n_shape=100, n_exp=50),
    flametex=dict(type="FLAMETex", n_tex=50, uv_size=uv_size),
    renderer=dict(type="SRenderY", image_size=112, uv_size=uv_size, rasterizer=dict(type="TorchRasterizer")),
)
