# The networks that learn in the detail stage, at the published sizes; the model adds afn_dim, n_exp and
# uv_size.
_detail_encoder = dict(type="DetailEncoder", latent_dim=128, input_size=256)
_generator = dict(type="LatentAFNGenerator", latent_dim=128, max_z=0.01)
_discriminator = dict(type="ProjectionDiscriminator")
