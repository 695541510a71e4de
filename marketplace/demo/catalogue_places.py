"""Pictures of what the groups of the other places make: one for each kind, shared by all of its products."""

from marketplace.demo.catalogue import photo
from marketplace.demo.picture_spec import PictureSpec

# fmt: off
PLACE_PICTURES: dict[str, PictureSpec] = {
    "goat": photo("stage", "leaf", "1f410", tint="#7c8f5a"),
    "chips": photo("pouch", "sun", "1f34c", "Keripik", "#c8841f"),
    "shop": photo("crate", "cream", "1f6d2 1f95a"),
    "coconut": photo("bottle", "leaf", "1f965", "Minyak Kelapa", "#6f8f4a"),
    "fish": photo("basket", "river", "1f41f"),
    "cacao": photo("box", "coffee", "1f36b", "Cokelat", "#5a3424"),
    "palm": photo("besek", "clay", "1f36f 1f334"),
    "cake": photo("plate", "rose", "1f9c1 1f370"),
    "sewing": photo("service", "berry", "1f9f5 1faa1"),
    "workshop": photo("service", "indigo", "1f527 1f529"),
    "furniture": photo("stage", "clay", "1fa91", tint="#9a6b3c"),
}
# fmt: on
