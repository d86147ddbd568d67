# The networks that learn in the detail stage, at the sizes of the embedded default; the model adds afn_dim, n_exp and
# uv_size.
_detail_encoder = dict(type="DetailEncoder", latent_dim=128, input_size=128, base_channels=16)
_generator = dict(type="LatentAFNGenerator", latent_dim=128, max_z=0.01, base_channels=8)
_discriminator = dict(type="ProjectionDiscriminator", base_channels=8, max_channels=64)
