"""A build script that makes only what has changed: ``FileCache`` and dependencies.

Three pretend sources and a header are compiled and linked four times: from
nothing, with nothing changed, after an edit of one source, and after an edit of
the header. Results are kept in files: once more in the same folder, and the
script makes nothing at all.

    python examples/build.py            in a temporary folder
    python examples/build.py FOLDER     in FOLDER, where the cache stays
"""

import sys
import tempfile
import zlib
from pathlib import Path

import cascade as cs

INCLUDES = {"main.c": ["swarm.h"], "swarm.c": ["swarm.h"], "colour.c": []}
FIRST = {
    "main.c": "int main() { return swarm(); }",
    "swarm.c": "int swarm() { return 50 * 50; }",
    "colour.c": "int colour() { return 0xffd700; }",
    "swarm.h": "int swarm();",
}


@cs.task
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cs.task(name="compile")
def compile_source(name: str, text: str, headers: list[str]) -> bytes:
    print(f"  compiling {name}")
    return zlib.compress("\n".join([*headers, text]).encode())


@cs.task
def link(objects: list[bytes]) -> bytes:
    print(f"  linking {len(objects)} objects")
    return b"".join(objects)


def program(folder: Path, cache: cs.CachePolicy) -> cs.LazyResult[bytes]:
    """Declare the whole build. Reading is never cached: it finds out what changed."""
    sources = {name: read(folder / name) for name in FIRST}
    objects = [
        compile_source(name, sources[name], [sources[header] for header in headers])
        for name, headers in INCLUDES.items()
    ]
    return link([each.with_cache(cache) for each in objects]).with_cache(cache)


def build(folder: Path) -> None:
    skipped: list[cs.TaskSkipped] = []
    bus = cs.MessageBus()
    bus.subscribe(cs.TaskSkipped, skipped.append)
    binary = cs.run(program(folder, cs.FileCache(folder / "cache")), engine=cs.Engine(bus=bus))
    (folder / "program").write_bytes(binary)
    print(f"  {len(skipped)} of 4 results came from the cache")


def main(folder: Path) -> None:
    for name, text in FIRST.items():
        (folder / name).write_text(text, encoding="utf-8")
    print("everything:")
    build(folder)
    print("nothing changed:")
    build(folder)
    edits = {"colour.c": "int colour() { return 0; }", "swarm.h": "long swarm();"}
    for name, text in edits.items():
        (folder / name).write_text(text, encoding="utf-8")
        print(f"{name} changed:")
        build(folder)


if __name__ == "__main__":
    if sys.argv[1:]:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
