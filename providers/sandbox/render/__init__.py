"""Making the clips: what (`order, sizes, card, text`), how (`film, sound`), where (`worker, renderer`)."""
