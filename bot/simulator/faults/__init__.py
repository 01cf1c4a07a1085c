"""What can go wrong between a script and its broker, each fault by its catalogue id."""

from bot.simulator.faults.catalogue import CATALOGUE, IMPOSSIBLE
from bot.simulator.faults.kind import FaultKind, Parameter
from bot.simulator.faults.plan import FaultPlan
from bot.simulator.faults.schedule import FOR_EVER, Schedule
from bot.simulator.faults.seam import Call, Failure, Faults, SendLoss, SimpleFaults, with_faults
from bot.simulator.faults.world import CallHangsError, Fired

__all__ = [
    "CATALOGUE",
    "FOR_EVER",
    "IMPOSSIBLE",
    "Call",
    "CallHangsError",
    "Failure",
    "FaultKind",
    "FaultPlan",
    "Faults",
    "Fired",
    "Parameter",
    "Schedule",
    "SendLoss",
    "SimpleFaults",
    "with_faults",
]
