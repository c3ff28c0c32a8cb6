"""Making the clips: what to draw (`order, sizes, card, text`), how (`film, sound`), where (`worker, renderer`)."""
