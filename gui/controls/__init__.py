"""Controls that any panel may use: sliders, fields, wheel, focus, tabs, names of keys."""
