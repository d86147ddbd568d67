# Detail stage, the repaired method, on FLAME at the published sizes, with DECA's and EMOCA's coarse encoders and
# OpenGraphAU's network of action units. Published encoders regress the codes themselves: there are no code_stats.
afn_dim = 512
required_assets = dict(
    flame_model="assets/flame.npz",
    landmark_embedding="assets/landmarks.npz",
    texture_model="assets/texture.npz",
    head_template="assets/head_template.obj",
    face_mask="assets/uv_face_mask.png",
    face_eye_mask="assets/uv_face_eye_mask.png",
    fixed_displacement="assets/fixed_displacement_256.npy",
    e_flame="weights/deca/e_flame.safetensors",
    e_expression="weights/emoca/e_expression.safetensors",
    au_network="weights/opengraphau.safetensors",
)
model = dict(
    type="DetailReconstructor",
    encoder=dict(
        type="ResnetEncoder",
        out_dim=236,
        init_cfg=dict(type="Pretrained", checkpoint=required_assets["e_flame"]),
    ),
    expression_encoder=dict(
        type="EmocaExpressionEncoder",
        out_dim=50,
        init_cfg=dict(type="Pretrained", checkpoint=required_assets["e_expression"]),
    ),
    flame=dict(type="FLAME", model=required_assets["flame_model"], landmarks=required_assets["landmark_embedding"]),
    flametex=dict(type="FLAMETex", model=required_assets["texture_model"], n_tex=50, uv_size=256),
    renderer=dict(
        type="SRenderY",
        image_size=224,
        uv_size=256,
        topology=dict(
            source=required_assets["head_template"],
            face_mask=required_assets["face_mask"],
            face_eye_mask=required_assets["face_eye_mask"],
            fixed_displacement=required_assets["fixed_displacement"],
        ),
        rasterizer=dict(type="TorchRasterizer"),
    ),
    au_net=dict(
        type="MEFARG",
        backbone="resnet50",
        normalize=True,
        init_cfg=dict(type="Pretrained", checkpoint=required_assets["au_network"]),
    ),
    detail_encoder=dict(type="DetailEncoder", latent_dim=128, input_size=256),
    generator=dict(
        type="LatentAFNGenerator",
        latent_dim=128,
        afn_dim=afn_dim,
        n_exp=50,
        uv_size=256,
        max_z=0.01,
    ),
    discriminator=dict(type="ProjectionDiscriminator", afn_dim=afn_dim),
    patch_size=256,
    losses=dict(
        photo=dict(type="PhotometricLoss", weight=0.05),
        contrast=dict(type="LocalContrastLoss", sigma=8.0, reach=2, tolerance=0.05, robust=0.05, weight=2.0),
        au=dict(type="AUFeatureLoss", mode="bce", weight=0.005),
        z_reg=dict(type="DisplacementRegLoss", weight=8.0),
        z_diff=dict(type="ShadingSmoothnessLoss", weight=0.005),
        z_sym=dict(type="SymmetryLoss", weight=0.005),
        adv=dict(type="BCELoss", weight=0.005),
    ),
)
