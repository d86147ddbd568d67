# The networks of the detail stage that looks at the skin; the model adds n_exp and uv_size.
_detail_encoder = dict(type="UVSkinReader", reach=(3, 12))
_generator = dict(type="UVUNetGenerator", in_channels=12, max_z=0.01, widths=(16, 32, 48, 64, 96))
_discriminator = dict(type="UVDetailDiscriminator", base_channels=16, max_channels=96)
