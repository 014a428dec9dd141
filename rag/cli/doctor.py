"""`rag doctor`: what is installed, which index is active, and what to do about what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.cli.common import AsJson, IndexDir, load_settings, print_json
from rag.errors import SettingsError

if TYPE_CHECKING:
    from rag.cli.checkup import Finding


def doctor_command(as_json: AsJson = False, index_dir: IndexDir = None) -> None:
    """Says what is installed, which index is active, and what to do about what is missing."""
    from rag.cli import checkup

    findings = [checkup.check_install()]
    try:
        settings = load_settings(index_dir)
    except SettingsError as error:
        findings.append(checkup.Finding("settings", False, {}, (str(error),)))
    else:
        findings.append(checkup.check_settings(settings))
        findings.append(checkup.check_encoder(settings))
        findings.append(checkup.check_index(settings))
        if settings.llm.configured:
            findings.append(checkup.check_llm(settings))
    if as_json:
        report = {finding.name: {"ok": finding.ok, **finding.facts} for finding in findings}
        advice = [line for finding in findings for line in finding.advice]
        print_json({"ready": _ready(findings), **report, "advice": advice})
        return
    from rag.cli.render import print_findings

    print_findings(findings, _ready(findings))


def _ready(findings: list[Finding]) -> bool:
    return all(finding.ok for finding in findings)
