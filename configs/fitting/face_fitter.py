# A fit of the human head to the 468 points of faces: FITTERS.build(cfg.fitter).
rare = dict(  # people smile more often than they puff their cheeks: what shapes cost, by how their names begin
    mouthSmile=0.3, mouthDimple=4.0, mouthPress=3.0, mouthLeft=3.0, mouthRight=3.0, mouthClose=3.0,
    mouthRoll=2.0, mouthShrug=2.0, mouthStretch=2.0, noseSneer=2.0, cheekPuff=4.0, jawForward=4.0, jawLeft=3.0,
    jawRight=3.0, AU=3.0,
)  # fmt: skip
beside = dict(mouthUpperUp=("mouthSmile", 3.0))  # the lip that a smile raises costs more beside it
priors = ("identity", "expression", "symmetry", "smoothness")
fitter = dict(
    type="FaceFitter",
    head="anny",
    n_identity=100,
    camera="pinhole",
    focal=1.3,
    nearest=0.8,
    energies=dict(
        points=dict(type="DensePoints", weight=0.2),
        lids=dict(type="LidOpening"),
        identity=dict(type="IdentityPrior"),
        expression=dict(type="ExpressionPrior", weight=3.0, square=0.3, rare=rare, beside=beside),
        photo=dict(type="PhotometricSkin"),
        symmetry=dict(type="LeftRightSymmetry"),
        smoothness=dict(type="TemporalSmoothness"),
    ),
    stages=dict(
        pose=dict(energies=("points",), unknowns=("pose",), iterations=4),
        landmarks=dict(energies=("points", "lids", *priors), iterations=5, rounds=2),
    ),
)
