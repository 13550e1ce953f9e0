"""The fireflies model: parameters, the swarm, the simulation, observables, headless runs."""

from experiments.export.exports import ExportError, check_format, export_table
from experiments.export.kinds import EXPORT_KINDS, ExportKind, ExportSource, Needs
from experiments.export.tables import OnShare, Table
from experiments.files.address import is_address, path_of
from experiments.files.file_lock import FileLock
from experiments.files.line_log import LineLog
from experiments.files.scratch import scratch_file
from experiments.files.strange_file import (
    MissingFileError,
    StrangeFileError,
    kind_of_contents,
    one_line,
    open_regular,
    plain_text,
    read_bounded,
    reason_of,
)
from experiments.files.whole_file import followed, in_place_of, make_folder, write_whole
from experiments.files.write_errors import in_plain_words, why_not
from experiments.keep.gallery import GALLERY, Preset, as_file, find_preset, slug
from experiments.keep.moment_file import SavedMoment, load_moment, moment_encoder
from experiments.keep.opening import (
    Opening,
    check_openings,
    open_with,
    painted,
    status_after,
    were_phases_painted,
)
from experiments.keep.presets import (
    PresetError,
    PresetFile,
    PresetWindow,
    load_preset,
    save_preset,
)
from experiments.keep.provenance import Provenance, has_sidecar, sidecar_path
from experiments.keep.session import Session, SessionError, Step, session_of
from experiments.keep.session_file import (
    SESSION_SUFFIX,
    check_session_size,
    decode_session,
    load_session,
    save_session,
)
from experiments.keep.session_text import SessionText, encode_session, program_version
from experiments.model.actions import Action, FireflyAction, Intervention, ParameterChange
from experiments.model.avalanches import avalanches
from experiments.model.checkpoint import STATUS_SET_BY, Checkpoint, Status
from experiments.model.coherence_record import MOST_SAMPLES, SAMPLE_INTERVAL, CoherenceRecord
from experiments.model.fields import Bound, Effect, Limit, Value
from experiments.model.flash_log import Digest, FlashLog
from experiments.model.flash_statistics import frequencies, return_map
from experiments.model.history import History
from experiments.model.instant import Instant
from experiments.model.instant_patterns import defects_of
from experiments.model.kinds import ChoiceField, NumberField, RangedField, WholeField
from experiments.model.long_series import LongSeries
from experiments.model.measured import Cost, FlashObservable, Observable
from experiments.model.observables import OBSERVABLES, observed, sampled
from experiments.model.order import local_order, noise_band, order_parameter
from experiments.model.pair_map import FixedPoint, PairMap, pair_map
from experiments.model.parameters import (
    PARAMETER_FIELDS,
    ParameterError,
    ParameterField,
    Parameters,
    command_line_of,
)
from experiments.model.phase_patterns import Defects, daido_moments, phase_defects
from experiments.model.points import Points, PointsField
from experiments.model.registry import Registry
from experiments.model.response import RESPONSES
from experiments.model.response_shapes import RESPONSE_SHAPES, sampled_points, shifts_of
from experiments.model.rules import response_of, topology_of
from experiments.model.statuses import actions_between, words_of
from experiments.model.theory import avalanche_law
from experiments.model.topology import Topology
from experiments.population.compiled.compiling import compile_beside, is_compiled
from experiments.population.factory import (
    AUTO,
    COMPILED,
    WORKFLOWS,
    PopulationKind,
    check_size,
    population_kind,
)
from experiments.population.garbage import sparing_the_collector
from experiments.population.protocol import Failure
from experiments.processes.children import HIDDEN_COMMAND, run_child, start_child
from experiments.run.following import Following, Verdict
from experiments.run.known_flashes import FlashesKnown, flashes_needed_since
from experiments.run.mirror import Mirror
from experiments.run.moment import Moment
from experiments.run.order_goal import OrderGoal
from experiments.run.phase_course import Fate, Nudge, PhaseCourse, phase_course
from experiments.run.simulation import Simulation
from experiments.run.slow_advice import SlowAdvice, slow_advice

__all__ = [
    "AUTO",
    "COMPILED",
    "EXPORT_KINDS",
    "GALLERY",
    "HIDDEN_COMMAND",
    "MOST_SAMPLES",
    "OBSERVABLES",
    "PARAMETER_FIELDS",
    "RESPONSES",
    "RESPONSE_SHAPES",
    "SAMPLE_INTERVAL",
    "SESSION_SUFFIX",
    "STATUS_SET_BY",
    "WORKFLOWS",
    "Action",
    "Bound",
    "Checkpoint",
    "ChoiceField",
    "CoherenceRecord",
    "Cost",
    "Defects",
    "Digest",
    "Effect",
    "ExportError",
    "ExportKind",
    "ExportSource",
    "Failure",
    "Fate",
    "FileLock",
    "FireflyAction",
    "FixedPoint",
    "FlashLog",
    "FlashObservable",
    "FlashesKnown",
    "Following",
    "History",
    "Instant",
    "Intervention",
    "Limit",
    "LineLog",
    "LongSeries",
    "Mirror",
    "MissingFileError",
    "Moment",
    "Needs",
    "Nudge",
    "NumberField",
    "Observable",
    "OnShare",
    "Opening",
    "OrderGoal",
    "PairMap",
    "ParameterChange",
    "ParameterError",
    "ParameterField",
    "Parameters",
    "PhaseCourse",
    "Points",
    "PointsField",
    "PopulationKind",
    "Preset",
    "PresetError",
    "PresetFile",
    "PresetWindow",
    "Provenance",
    "RangedField",
    "Registry",
    "SavedMoment",
    "Session",
    "SessionError",
    "SessionText",
    "Simulation",
    "SlowAdvice",
    "Status",
    "Step",
    "StrangeFileError",
    "Table",
    "Topology",
    "Value",
    "Verdict",
    "WholeField",
    "actions_between",
    "as_file",
    "avalanche_law",
    "avalanches",
    "check_format",
    "check_openings",
    "check_session_size",
    "check_size",
    "command_line_of",
    "compile_beside",
    "daido_moments",
    "decode_session",
    "defects_of",
    "encode_session",
    "export_table",
    "find_preset",
    "flashes_needed_since",
    "followed",
    "frequencies",
    "has_sidecar",
    "in_place_of",
    "in_plain_words",
    "is_address",
    "is_compiled",
    "kind_of_contents",
    "load_moment",
    "load_preset",
    "load_session",
    "local_order",
    "make_folder",
    "moment_encoder",
    "noise_band",
    "observed",
    "one_line",
    "open_regular",
    "open_with",
    "order_parameter",
    "painted",
    "pair_map",
    "path_of",
    "phase_course",
    "phase_defects",
    "plain_text",
    "population_kind",
    "program_version",
    "read_bounded",
    "reason_of",
    "response_of",
    "return_map",
    "run_child",
    "sampled",
    "sampled_points",
    "save_preset",
    "save_session",
    "scratch_file",
    "session_of",
    "shifts_of",
    "sidecar_path",
    "slow_advice",
    "slug",
    "sparing_the_collector",
    "start_child",
    "status_after",
    "topology_of",
    "were_phases_painted",
    "why_not",
    "words_of",
    "write_whole",
]
