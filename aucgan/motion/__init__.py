"""Faces over time, in names and angles that other programs know, and the shapes that show them on a person's head."""

from aucgan.motion.face_motion import MOTION_NAMES, FaceMotion, motion_of_codes
from aucgan.motion.gaze import gaze_turns
from aucgan.motion.morph_targets import morph_targets, neutral_head

__all__ = ["MOTION_NAMES", "FaceMotion", "gaze_turns", "morph_targets", "motion_of_codes", "neutral_head"]
