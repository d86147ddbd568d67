"""Networks that never learn: frozen layers, and the published networks behind losses and metrics."""
