# Losses of the repaired method. Generated faces know the true displacement, and it teaches, too; photos do not.
_losses = dict(
    photo=dict(type="PhotometricLoss", weight=0.05),
    contrast=dict(type="LocalContrastLoss", reach=1, tolerance=0.05, robust=0.05, weight=0.3),
    au=dict(type="AUFeatureLoss", mode="bce", weight=0.02),
    z_reg=dict(type="DisplacementRegLoss", weight=0.005),
    z_diff=dict(type="ShadingSmoothnessLoss", weight=0.005),
    z_sym=dict(type="SymmetryLoss", weight=0.005),
    adv=dict(type="BCELoss", weight=0.005),
)
_displacement = dict(type="DisplacementSupervisionLoss", unit=1e-3, norm="l2", slope=1.0, weight=5.0)
