"""Render the outcome of a gate as JSON."""

from __future__ import annotations

from ppparser.errors import ExitStatus
from ppparser.gate.outcome import Gate, Reason
from ppparser.metrics.measurements import percentile_label
from ppparser.output.data.json_document import Object
from ppparser.output.text.gate import cause_text, problem_text

_STATUSES = {ExitStatus.SUCCESS: "passed", ExitStatus.REGRESSION: "failed", ExitStatus.FAILURE: "cannot_judge"}


def gate_object(gate: Gate) -> Object:
    """Return the outcome, and the reasons: what fails, worst first, what cannot be judged, and what is accepted."""
    options = gate.options
    return {
        "status": _STATUSES[gate.exit_status],
        "rules": {
            "fail_on_regression": options.fail_on_regression,
            "fail_above_percent": options.above_percent,
            "fail_below_goal": options.below_goal or None,
        },
        "problems": [" ".join(problem_text(problem).split()) for problem in gate.problems],
        "failures": [_reason(reason, gate) for reason in gate.failures],
        "not_judged": [_reason(reason, gate) for reason in gate.unjudged],
        "accepted": [
            {**_reason(reason, gate), "until": acceptance.until or None} for reason, acceptance in gate.accepted
        ],
    }


def _reason(reason: Reason, gate: Gate) -> Object:
    target = reason.target
    return {
        "rule": reason.rule.value[2:].replace("-", "_"),
        "category": target.category or None,
        "metric": target.identifier or None,
        "device": target.device or None,
        "percentile": percentile_label(target.percentile) if target.percentile else None,
        "version": reason.version or None,
        "reason": cause_text(reason, gate),
        "accept": target.entry,
    }
