"""The stories of the other places, each in a module of its own; a new one is added here and nowhere else."""

from . import banjar, paser, sultra, tegal
from .common import Story

STORIES: tuple[Story, ...] = (banjar, paser, tegal, sultra)
"""In the order in which they are played and told."""
