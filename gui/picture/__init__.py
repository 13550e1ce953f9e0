"""Pictures: how numbers become pixels, for the window, recordings and renderings alike."""
