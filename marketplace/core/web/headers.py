"""Headers of every answer: nothing inline, nothing foreign, nothing kept where it must not be."""

from __future__ import annotations

from wsgiref.headers import Headers as StaticHeaders

from flask import Flask, Response
from werkzeug.datastructures import Headers as FlaskHeaders

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
PROTECTION = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains"


def protect(headers: FlaskHeaders | StaticHeaders, *, secure: bool) -> None:
    """Put the protection on an answer, whoever gives it: a page or the server of static files."""
    for name, value in PROTECTION.items():
        headers[name] = value
    if secure:
        headers["Strict-Transport-Security"] = TRANSPORT_SECURITY


def register_headers(app: Flask, *, secure: bool) -> None:
    @app.after_request
    def add(response: Response) -> Response:
        protect(response.headers, secure=secure)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
