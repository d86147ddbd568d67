# Head, albedo and renderer of the embedded default: 112 px, 128 x 128 UV map.
uv_size = 128
n_exp = 59  # the head's 62 columns but those of the jaw, which is the pose's
_face = dict(
    flame=dict(type="FLAME", n_shape=100, n_exp=n_exp),
    flametex=dict(type="FLAMETex", n_tex=50, uv_size=uv_size),
    renderer=dict(type="SRenderY", image_size=112, uv_size=uv_size, rasterizer=dict(type="TorchRasterizer")),
)
