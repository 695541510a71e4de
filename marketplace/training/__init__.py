"""Trainings: their classes, who came, certificates; what areas are good for; plans of several agencies."""
