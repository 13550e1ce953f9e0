"""A video file that grows picture by picture, and plays even if the writing is cut off."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments import followed, why_not
from gui.models.recording_settings import CODECS, RecordingError, RecordingSettings
from gui.recording.embedded import (
    SESSION_KEY,
    append_gif_comment,
    padded,
    put_session,
    reserved_for,
)
from gui.recording.salvage import salvage
from gui.recording.sink import Sink
from gui.recording.webm_length import WebmLength

_GIF_OPTIONS: Final = {
    # Each picture has colours of its own; compared with the one before by numbers of
    # colours, as FFmpeg does, pictures would come out wrong.
    "gifflags": "0",
}

_CONTAINER_OPTIONS: Final[dict[str, dict[str, str]]] = {
    # Fragments of 200 ms, on the disk at once, which become a usual file at the end.
    ".mp4": {
        "movflags": "hybrid_fragmented+use_metadata_tags",
        "frag_duration": "200000",
        "flush_packets": "1",
    },
    ".webm": {"cluster_time_limit": "200", "flush_packets": "1"},
    ".gif": {"flush_packets": "1"},
}


_LIVE_OPTIONS: Final[dict[str, dict[str, str]]] = {
    # No frame waits for later ones: what is encoded is written.
    ".mp4": {"preset": "superfast", "tune": "zerolatency", "crf": "18"},
    ".webm": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "b": "0", "crf": "24"},
    ".gif": _GIF_OPTIONS,
}

_LARGE_LIVE_OPTIONS: Final[dict[str, dict[str, str]]] = {
    # Half the work, for a third more bytes: at 30 fps 1080p takes one processor, not two.
    ".mp4": {"preset": "ultrafast", "tune": "zerolatency", "crf": "20"},
}

_LARGE: Final = 1280 * 720
"""Pixels beyond which a live picture is large."""

_PATIENT_OPTIONS: Final[dict[str, dict[str, str]]] = {
    # Without frames out of order, so that the first one is at 0 s for every player.
    ".mp4": {"preset": "medium", "crf": "16", "bf": "0"},
    ".webm": {"deadline": "good", "cpu-used": "4", "b": "0", "crf": "20"},
    ".gif": _GIF_OPTIONS,
}

_LENGTH_EVERY_S: Final = 0.5

_THREADS: Final = 2
"""Fixed, because the encoded file depends on it."""

_BT709: Final = 1
_LIMITED_RANGE: Final = 1


class VideoFile:
    """Writes pictures into a new file.

    Parameters
    ----------
    path
        File to make, of the kind of its suffix. It must not exist, nor the target of a
        symbolic link.
    settings
        Size and rate.
    metadata
        Title, comment and more, by name.
    session
        The session so far, which the file carries from its first moment on.
    is_live
        Whether pictures come as fast as they are made, and must be written at once.
    kind
        The suffix of its kind, for an existing file with a temporary name.

    Raises
    ------
    RecordingError
        It can't be opened or written.
    """

    def __init__(
        self,
        path: Path,
        settings: RecordingSettings,
        metadata: Mapping[str, str],
        session: bytes,
        *,
        is_live: bool,
        kind: str | None = None,
    ) -> None:
        import av

        self._av = av
        self._path = path = followed(path)
        self._suffix = kind or path.suffix.lower()
        self._begun = self._held = padded(session, reserved_for(session))
        options = (_LIVE_OPTIONS if is_live else _PATIENT_OPTIONS)[self._suffix]
        if is_live and settings.width * settings.height > _LARGE:
            options = _LARGE_LIVE_OPTIONS.get(self._suffix, options)
        self._time_base = Fraction(1, 100 if self._suffix == ".gif" else settings.fps)
        self._fps = settings.fps
        self._last_pts = -1
        self._length = WebmLength(path) if is_live and self._suffix == ".webm" else None
        self._length_due = 0.0
        self._sink = Sink(path, "wb" if kind else "xb")
        try:
            self._open_container(metadata, settings, options)
        except BaseException:
            self._sink.close()
            if kind is None:
                path.unlink(missing_ok=True)  # it was made here, and is empty
            raise

    def _open_container(
        self,
        metadata: Mapping[str, str],
        settings: RecordingSettings,
        options: dict[str, str],
    ) -> None:
        self._container = self._av.open(
            self._sink,
            "w",
            format=self._suffix.removeprefix("."),
            options=_CONTAINER_OPTIONS[self._suffix],
        )
        self._container.metadata.update(metadata)
        if self._suffix != ".gif":
            self._container.metadata[SESSION_KEY] = self._held.decode()
        self._stream: Any = self._add_stream(settings, options)
        self._graph = self._palette_graph(settings) if self._suffix == ".gif" else None

    def _add_stream(self, settings: RecordingSettings, options: dict[str, str]) -> Any:
        rate = 100 if self._suffix == ".gif" else settings.fps
        stream: Any = self._container.add_stream(CODECS[self._suffix], rate=rate)
        context = stream.codec_context
        context.options = options
        stream.width, stream.height = settings.width, settings.height
        context.time_base = stream.time_base = self._time_base
        context.thread_count = _THREADS
        if self._suffix == ".gif":
            stream.pix_fmt = "pal8"
            return stream
        stream.pix_fmt = "yuv420p"
        context.gop_size = settings.fps
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = _LIMITED_RANGE
        return stream

    def _palette_graph(self, settings: RecordingSettings) -> Any:
        """A filter that gives each picture the 256 colours that suit it best."""
        graph = self._av.filter.Graph()
        source = graph.add_buffer(
            width=settings.width,
            height=settings.height,
            format=self._av.VideoFormat("rgba"),
            time_base=self._time_base,
        )
        split = graph.add("split")
        make = graph.add("palettegen", "stats_mode=single")
        use = graph.add("paletteuse", "new=1:dither=none")
        sink = graph.add("buffersink")
        source.link_to(split)
        split.link_to(make, 0, 0)
        split.link_to(use, 1, 0)
        make.link_to(use, 0, 1)
        use.link_to(sink)
        graph.configure()
        return graph

    def write(self, picture: NDArray[np.uint8], index: int) -> None:
        """Add a picture.

        Parameters
        ----------
        picture
            RGBA, shape ``(height, width, 4)``.
        index
            The frame's number: it shows from ``index / fps`` seconds on. Larger than all before.

        Raises
        ------
        OSError
            It can't be written: the disk is full, for one.
        """
        frame = self._av.VideoFrame.from_ndarray(picture, format="rgba")
        frame.pts = self._ticks(index)
        frame.time_base = self._time_base
        if frame.pts <= self._last_pts:
            return
        self._last_pts = frame.pts
        if self._graph is not None:
            self._graph.push(frame)
            packets = self._stream.encode(self._graph.pull())
            for packet in packets:  # the last one shows as long as all others, not for a tick
                packet.duration = self._ticks(index + 1) - packet.pts
        else:
            frame = frame.reformat(
                format="yuv420p", dst_colorspace="ITU709", src_color_range="JPEG",
                dst_color_range="MPEG",
            )  # fmt: skip
            packets = self._stream.encode(frame)
        self._container.mux(packets)
        self._sink.check()
        if self._length is not None and index >= self._length_due:
            self._length.note((index + 1) / self._fps)
            self._length_due = index + self._fps * _LENGTH_EVERY_S

    def _ticks(self, index: int) -> int:
        """When a frame begins, in units of the file: rounded from the start, so nothing adds up."""
        return round(Fraction(index, self._fps) / self._time_base)

    def close(self, session: bytes) -> bool:
        """Finish the file with the present session; returns whether that fitted.

        Raises
        ------
        OSError
            It can't be written; what was written before still plays.
        """
        try:
            if self._last_pts >= 0:
                self._container.mux(self._stream.encode(None))
        finally:
            self._close_container()
        self._sink.check()
        try:
            return self._put_last(session)
        except OSError:  # the video is whole, which matters more than its session
            return False

    def _put_last(self, session: bytes) -> bool:
        if self._suffix == ".gif":
            append_gif_comment(self._path, session)
            return True
        is_held = put_session(self._path, self._held, session)
        if self._suffix == ".mp4":
            # What is written at its end carries what it was begun with.
            is_held |= put_session(self._path, self._begun, session, from_end=True)
        return is_held

    def _close_container(self) -> None:
        try:
            self._container.close()
        finally:
            self._sink.close()

    @property
    def is_empty(self) -> bool:
        """Whether no picture was written."""
        return self._last_pts < 0

    def give_up(self) -> bool:
        """Make what was written before an error playable; returns whether anything plays."""
        with suppress(OSError):
            self._close_container()
        return salvage(self._path, self._suffix)

    def note_session(self, session: bytes) -> None:
        """Put the present session into the unfinished file, if there is room for it."""
        if self._suffix == ".gif":
            return
        is_held = False
        with suppress(OSError):  # it goes on without
            is_held = put_session(self._path, self._held, session)
        if is_held:
            self._held = padded(session, len(self._held))


def open_video(
    path: Path,
    settings: RecordingSettings,
    metadata: Mapping[str, str],
    session: bytes,
    *,
    is_live: bool,
    kind: str | None = None,
) -> VideoFile:
    """As :class:`VideoFile`, with every failure as a :class:`RecordingError`."""
    try:
        return VideoFile(path, settings, metadata, session, is_live=is_live, kind=kind)
    except OSError as error:
        raise RecordingError(f"can't be written: {why_not(error, path)}") from error
    except (ValueError, RuntimeError) as error:
        raise RecordingError(f"can't be encoded: {error}") from error
