"""Pictures of what the groups of the other places make: one for each kind, shared by all of its products.

Nothing that bears a label: that names the first place.
"""

from marketplace.demo.catalogue import photo
from marketplace.demo.picture_spec import PictureSpec

# fmt: off
PLACE_PICTURES: dict[str, PictureSpec] = {
    "goat": photo("stage", "leaf", "1f410", tint="#b07a4e"),
    "chips": photo("plate", "sun", "1f34c"),
    "shop": photo("crate", "cream", "1f95a 1f33e 1f9c2"),
    "coconut": photo("basket", "leaf", "1f965"),
    "fish": photo("basket", "river", "own-fish"),
    "cacao": photo("besek", "coffee", "1f36b"),
    "palm": photo("besek", "clay", "1f36f 1f334"),
    "cake": photo("plate", "rose", "1f9c1 1f370"),
    "sewing": photo("service", "berry", "1f9f5 1faa1"),
    "workshop": photo("service", "indigo", "1f527 1f529"),
    "furniture": photo("stage", "clay", "1fa91", tint="#9a6b3c"),
}
# fmt: on
