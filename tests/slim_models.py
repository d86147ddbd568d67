"""The default's models, narrow enough for tests."""

from mmengine.config import Config


def slim(model: dict) -> dict:
    """The default's model config with the narrowest networks and without weights from disk."""
    model = Config(dict(model=model)).to_dict()["model"]
    for part in model.values():
        if isinstance(part, dict):
            part.pop("init_cfg", None)
    model["encoder"].update(width=8, hidden=32)
    if model["type"] == "SkinDetailReconstructor":
        model["generator"].update(widths=(4, 8, 8), style_dim=8, node_dim=8, attention_size=8)
    elif "generator" in model:
        model["generator"].update(base_channels=4, max_channels=16)
        model["detail_encoder"].update(base_channels=4)
    return model
