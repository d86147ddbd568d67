# FLAME, its albedo and the renderer at the published sizes, with DECA's encoder, and the files that all of them need.
# Published encoders regress the codes themselves: code_stats are not for them.
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
_encoder = dict(
    type="ResnetEncoder",
    out_dim=236,
    init_cfg=dict(type="Pretrained", checkpoint=required_assets["e_flame"]),
)
_face = dict(
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
)
