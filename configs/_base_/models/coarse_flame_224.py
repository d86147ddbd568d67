# Coarse stage on FLAME at the published sizes, continued from DECA's weights; the weights of the losses are DECA's.
# Published encoders regress the codes themselves: there are no code_stats.
required_assets = dict(
    flame_model="assets/flame.npz",
    landmark_embedding="assets/landmarks.npz",
    texture_model="assets/texture.npz",
    head_template="assets/head_template.obj",
    face_mask="assets/uv_face_mask.png",
    face_eye_mask="assets/uv_face_eye_mask.png",
    fixed_displacement="assets/fixed_displacement_256.npy",
    e_flame="weights/deca/e_flame.safetensors",
)
model = dict(
    type="CoarseReconstructor",
    encoder=dict(
        type="ResnetEncoder",
        out_dim=236,
        init_cfg=dict(type="Pretrained", checkpoint=required_assets["e_flame"]),
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
    losses=dict(
        landmark=dict(type="LandmarkLoss", weight=1.0),
        eye=dict(type="EyeClosureLoss", weight=1.0),
        lip=dict(type="LipDistanceLoss", weight=0.5),
        photo=dict(type="PhotometricLoss", weight=2.0),
        shape=dict(type="CodePriorLoss", weight=1e-4),
        exp=dict(type="CodePriorLoss", weight=1e-4),
        tex=dict(type="CodePriorLoss", weight=1e-4),
        light=dict(type="LightPriorLoss", weight=1.0),
    ),
)
