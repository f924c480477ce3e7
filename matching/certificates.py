"""Certificates on the day that counts: a lapsed one stops counting the day after its last, and says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from matching import findings as codes
from matching.evidence import NOTHING_ASKED, Evidence
from matching.findings import Finding
from matching.profiles import CapabilityProfile, Certificate, NeedProfile
from matching.units import fold

EXPIRES_SOON_DAYS = 90
_VALUES = {"valid": 1.0, "soon": 0.9, "undated": 0.75, "claimed": 0.45, "silent": 0.3, "excluded": 0.0}


@lru_cache(maxsize=4096)
def certificate_key(kind: str) -> str:
    """One key for 「ISO 9001:2015」「iso9001」「ISO9001 质量管理体系认证」."""
    text = re.sub(r"[:\-—]\s*(?:19|20)\d{2}", "", fold(kind)).casefold()
    text = re.sub(r"[\s\-_/（）()]", "", text)
    coded = re.match(r"[a-z]+\d{3,5}", text)
    if coded:
        return coded[0]
    return re.sub(r"(?:认证)?(?:证书|认证)$", "", text) or text


def check(need: NeedProfile, capability: CapabilityProfile, as_of: date, prose: str = "") -> Evidence:
    """Every required kind against what is stated; `prose` is the folded text in which a claim may stand."""
    if not need.certificates_required:
        return NOTHING_ASKED
    reasons: list[Finding] = []
    unproven: list[Finding] = []
    exclusions: list[Finding] = []
    values = []
    for kind in need.certificates_required:
        state, finding = _one(kind, capability.certificates, as_of, prose)
        values.append(_VALUES[state])
        if state == "excluded":
            exclusions.append(finding)
        elif state == "valid":
            reasons.append(finding)
        else:
            unproven.append(finding)
    return Evidence(sum(values) / len(values), tuple(reasons), tuple(unproven), (), tuple(exclusions))


def _one(kind: str, held: Sequence[Certificate], as_of: date, prose: str) -> tuple[str, Finding]:
    key = certificate_key(kind)
    same = [certificate for certificate in held if certificate_key(certificate.kind) == key]
    stated = [certificate for certificate in same if not certificate.declared_absent]
    running = [certificate for certificate in stated if is_valid(certificate, as_of)]
    if running:
        # The longest-lived one speaks; an undated one only where no dated one runs.
        best = max(running, key=lambda certificate: certificate.valid_until or date.min)
        if best.valid_until is None:
            return "undated", Finding(codes.CERTIFICATE_UNDATED, {"certificate": kind})
        days = (best.valid_until - as_of).days
        params: dict[str, str | int | float] = {"certificate": kind, "until": best.valid_until.isoformat()}
        if days <= EXPIRES_SOON_DAYS:
            return "soon", Finding(codes.CERTIFICATE_EXPIRES_SOON, {**params, "days": days})
        return "valid", Finding(codes.CERTIFICATE_VALID, params)
    lapsed = [
        certificate.valid_until
        for certificate in stated
        if certificate.valid_until and certificate.valid_until < as_of
    ]
    if lapsed:
        until = max(lapsed).isoformat()
        return "excluded", Finding(codes.CERTIFICATE_LAPSED, {"certificate": kind, "until": until})
    coming = [certificate.valid_from for certificate in stated if certificate.valid_from]
    if coming:
        since = min(coming).isoformat()
        return "excluded", Finding(codes.CERTIFICATE_NOT_YET_VALID, {"certificate": kind, "since": since})
    if same:
        return "excluded", Finding(codes.CERTIFICATE_ABSENT, {"certificate": kind})
    if prose and key in re.sub(r"[\s\-_/]", "", prose.casefold()):
        return "claimed", Finding(codes.CERTIFICATE_CLAIMED, {"certificate": kind})
    return "silent", Finding(codes.CERTIFICATE_UNPROVEN, {"certificate": kind})


def is_valid(certificate: Certificate, as_of: date) -> bool:
    """Both dates are included; an unstated date does not end anything."""
    if certificate.declared_absent:
        return False
    begun = certificate.valid_from is None or certificate.valid_from <= as_of
    return begun and (certificate.valid_until is None or as_of <= certificate.valid_until)


def settled(papers: Evidence) -> int:
    """Papers that are held, though undated or close to their end: to be looked at, not to be asked for."""
    held = (codes.CERTIFICATE_UNDATED, codes.CERTIFICATE_EXPIRES_SOON)
    return sum(1 for finding in papers.unproven if finding.code in held)
