"""``fireflies bench rivals``: the engine beside others that do a part of what it does.

Each rival has a module that does the works it can do in its own idiom; each work is timed in a
process of its own.
"""
