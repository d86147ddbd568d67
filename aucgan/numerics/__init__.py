"""Numbers on devices: single precision where half is not enough, constants made once."""
