"""The scenes that pages open on and offer, page by page; a page opens on its first."""

from app.scenes import backprop, batches, classify, descent, losses
from app.scenes.scene import Scene

SCENES: tuple[Scene, ...] = descent.SCENES + losses.SCENES + classify.SCENES + batches.SCENES + backprop.SCENES

__all__ = ["SCENES", "Scene"]
