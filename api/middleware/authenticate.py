"""Who sends a request: by key, by address and origin, and no more often than the rate allows."""

import asyncio
import ipaddress
import logging
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from quotewise.api.callers import ANONYMOUS, LOCAL, Caller
from quotewise.api.callers import Scope as KeyScope
from quotewise.api.errors import ForbiddenError, LocalOnlyError, UnauthorizedError
from quotewise.api.keys import Key, Keys, KeysUnavailableError
from quotewise.api.middleware.rate_limit import RateLimit, SharedRateLimit
from quotewise.api.settings import Settings

PROBLEMS = ("unauthorized", "forbidden", "local-only", "too-many-requests")
PROBES = ("/health", "/ready")
_PUBLIC = re.compile("/|/openapi.json|/static/.*|/documents/[^/]+/view")
_ASK_BY_POST = re.compile("/(ask|search|extract|extract/batch|verify|feedback|mcp|v1/.*)")
_ASK_BY_GET = re.compile("/(documents|documents/.*|collections|overview|v1/.*)")
_PROXY_HEADER = re.compile(
    "forwarded|via|x-(forwarded|original-|real-|remote-|client-ip|cluster-client-ip|host|http-forwarded|proxy|scheme|via|varnish|"
    "nginx-|envoy-|arr-|azure-|fd-|akamai-|amz-cf-|amzn-|appengine-|cloud-trace-context|coming-from|edge-|nf-|render-|"
    "request-start|sucuri-|vercel-|zscaler-)|akamai-|ali-cdn-|cdn-|cf-|client-ip|cloudfront-|do-connecting-ip|fastly-|fly-|incap-|"
    "ngrok-|proxy-|remote-|surrogate-|tailscale-|true-client-|wl-proxy-"
)
"""How the names of headers that proxies add begin; each of them alone shows that there is a proxy."""
_LOCAL_HOST = re.compile(r"(localhost|127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}|\[::1\])(:\d{1,5})?", re.IGNORECASE | re.ASCII)
_log = logging.getLogger("quotewise")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def scope_of(method: str, path: str) -> KeyScope | None:
    """The scope that a key needs for a request; None where no key is needed. Whatever is not listed needs ``manage``."""
    path = path.rstrip("/") or "/"
    if method in ("GET", "HEAD"):
        if path in PROBES or _PUBLIC.fullmatch(path):
            return None
        return "ask" if _ASK_BY_GET.fullmatch(path) else "manage"
    return "ask" if method == "POST" and _ASK_BY_POST.fullmatch(path) else "manage"


class Authenticate:
    """ASGI middleware that sets ``request.state.caller``, or refuses the request.

    While there is no key, only this machine is answered, by the address of the peer: neither through a proxy, which could
    forward anyone, nor under any other host name, since a web page can point a name of its own to 127.0.0.1.
    """

    def __init__(self, app: ASGIApp, keys: Keys, settings: Settings) -> None:
        self._app, self._keys, self._settings = app, keys, settings
        self._rate_limit = SharedRateLimit(keys) if keys.is_remote else RateLimit()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                caller = await asyncio.to_thread(self._caller, scope) if self._keys.is_remote else self._caller(scope)
                scope.setdefault("state", {})["caller"] = caller
            except KeysUnavailableError as error:
                _log.error("%s", error)
                raise KeysUnavailableError("the keys of the service cannot be read; its log says more") from error
        await self._app(scope, receive, send)

    def _caller(self, scope: Scope) -> Caller:
        method, path, headers = scope["method"], scope["path"].removeprefix(scope.get("root_path", "")), Headers(scope=scope)
        if path in PROBES:
            return self._probing_caller(scope, headers)
        exist, key = self._keys.look_up(_secret(headers))
        if not exist:
            self._check_local(scope, headers)
            return LOCAL
        needed = scope_of(method, path)
        if key is None:
            self._count_address(scope)
            if needed is None:
                return ANONYMOUS
            detail = "this needs a key that is in force: Authorization: Bearer KEY"
            raise UnauthorizedError(detail, headers={"WWW-Authenticate": 'Bearer realm="quotewise"'})
        if key.origins:
            _check_origin(key, headers)
            self._count_address(scope)
        self._rate_limit.hit(f"key {key.id}", key.rate or self._settings.rate)
        if needed and not key.caller.has_scope(needed):
            raise ForbiddenError(f"this needs a key with the scope {needed}")
        return key.caller

    def _probing_caller(self, scope: Scope, headers: Headers) -> Caller:
        """Everybody may know whether the service is alive, but not what it holds."""
        try:
            exist, key = self._keys.look_up(_secret(headers))
            if exist:
                return key.caller if key else ANONYMOUS
            return LOCAL if _is_local(scope, headers) else ANONYMOUS
        except KeysUnavailableError:
            return ANONYMOUS

    def _check_local(self, scope: Scope, headers: Headers) -> None:
        if not _is_local(scope, headers):
            detail = "there is no key yet, so only its own machine is answered; make one there: quotewise keys make NAME"
            raise LocalOnlyError(detail)
        if origins := headers.getlist("origin"):
            own = (f"http://{headers['host'].lower()}", f"https://{headers['host'].lower()}")
            if len(origins) > 1 or not (origins[0].lower() in own or origins[0] in self._settings.cors_origins):
                raise ForbiddenError("this origin is not allowed; the setting cors_origins names those that are")
        elif {"cross-site", "same-site"}.intersection(headers.getlist("sec-fetch-site")) and not _is_harmless(scope, headers):
            raise ForbiddenError("a page of another site asks for this without saying which it is")

    def _count_address(self, scope: Scope) -> None:
        """Count a request of a subscriber, who has one IPv4 address or 64 bits of IPv6; this machine is not limited."""
        address = _address(scope)
        if address is None or not address.is_loopback:
            network = ipaddress.ip_network((address, 64), strict=False) if address and address.version == 6 else address
            self._rate_limit.hit(f"address {network}", self._settings.rate)


def _secret(headers: Headers) -> str:
    kind, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""


def _check_origin(key: Key, headers: Headers) -> None:
    """Browsers leave the origin out where a page reads from its own, so that without one the host is compared."""
    origins = headers.getlist("origin")
    hosts = [urlsplit(allowed).netloc for allowed in key.origins]
    known = len(origins) == 1 and origins[0] in key.origins if origins else headers.get("host", "").lower() in hosts
    if not known:
        raise ForbiddenError("this key may not be used from here")


def _is_local(scope: Scope, headers: Headers) -> bool:
    address = _address(scope)
    if address is None or not address.is_loopback or any(map(_PROXY_HEADER.match, headers)):
        return False
    if scope["http_version"] == "1.0":  # nginx speaks it by default to the services behind it, without a header that says so
        return False
    hosts = headers.getlist("host")
    return len(hosts) == 1 and _LOCAL_HOST.fullmatch(hosts[0]) is not None


def _is_harmless(scope: Scope, headers: Headers) -> bool:
    """Whether a browser navigates to a page or loads a static part of one, rather than a script reading an answer."""
    if scope["method"] not in ("GET", "HEAD"):
        return False
    navigates = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return navigates or scope["path"].startswith("/static/")


def _address(scope: Scope) -> Address | None:
    """The address of the peer or, behind a trusted proxy, of its client; None for a socket without one."""
    try:
        address = ipaddress.ip_address(scope["client"][0])
    except (ValueError, TypeError, KeyError):
        return None
    return getattr(address, "ipv4_mapped", None) or address
