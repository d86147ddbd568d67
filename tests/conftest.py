"""Makes the golden numbers importable as ``golden`` from every test."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
