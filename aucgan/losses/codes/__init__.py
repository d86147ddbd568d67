"""Losses on codes and on the meshes behind them."""
