"""Before the 101, in it, and right behind it."""

import base64
import hashlib
import json
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from observer import ENDPOINTS, PCM_100MS, RECOGNITION, check

ALL = list(ENDPOINTS.values())
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def accept_of(key):
    """RFC 6455 4.2.2."""
    return base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()


def last(mock, n):
    """The newest of n sessions of the lane, closed."""
    mock.wait_closed(n)
    return mock.sessions()[-1]


def fired(mock, n, status):
    session = last(mock, n)
    assert session["status"] == status, session
    assert session["state"] == "closed" and all(f["fired"] for f in session["faults"]) and session["faults"], session
    return session


def refused(mock, endpoint, scenario, n, **more):
    """A handshake that is refused: its status, its body; TCP stays usable or ends in order."""
    peer = mock.dial(endpoint, scenario, **more)
    status = peer.read_answer()
    body = peer.body()
    assert "sec-websocket-accept" not in peer.headers, peer.headers
    session = fired(mock, n, status)
    assert session["close"] is None and session["endpoint"] == endpoint.name, session
    peer.close()
    return status, peer.headers, body


@check
def codes_refuse_in_the_vendors_words(mock):
    n = 0
    for endpoint in ALL:
        for code in (400, 401, 402, 403, 404, 429, 500, 503, 504, 599):
            n += 1
            status, headers, body = refused(mock, endpoint, f"handshake-{code}", n)
            assert status == code, (endpoint.name, status)
            assert len(body) == int(headers["content-length"]) > 0, (endpoint.name, headers)
            assert "retry-after" not in headers, headers


@check
def retry_after_is_sent_when_asked_for(mock):
    for n, endpoint in enumerate(ALL, 1):
        status, headers, _ = refused(mock, endpoint, "handshake-429:retry_after_s=7", n)
        assert (status, headers["retry-after"]) == (429, "7"), headers


@check
def opaque_is_a_400_with_its_reason_inside(mock):
    for n, endpoint in enumerate(ALL, 1):
        status, _, body = refused(mock, endpoint, "handshake-400-opaque", n)
        assert status == 400 and body, (endpoint.name, status, body)


@check
def wrong_path_answers_as_the_vendor_does(mock):
    for n, endpoint in enumerate(ALL, 1):
        status, _, body = refused(mock, endpoint, "handshake-wrong-path", n)
        assert status in (401, 403, 404, 405) and body, (endpoint.name, status)


@check
def times_lets_the_next_connection_in(mock):
    for n, endpoint in enumerate(ALL):
        mock.admin(f"lanes/{mock.lane}", "DELETE")
        refused(mock, endpoint, "handshake-429:times=1", 1)
        peer = mock.open(endpoint, "handshake-429:times=1")
        peer.close()
        mock.wait_closed(2)


@check
def a_skewed_clock_refuses_and_tells_its_time(mock):
    for n, endpoint in enumerate(ALL, 1):
        status, headers, _ = refused(mock, endpoint, "handshake-403-clock-skew", n)
        assert status in (401, 403), (endpoint.name, status)
        ahead = parsedate_to_datetime(headers["date"]) - datetime.now(timezone.utc)
        assert abs(ahead - timedelta(hours=1)) < timedelta(seconds=5), headers["date"]


def signed(at):
    """A signature with a date, as far as a mock that takes any credential looks at it."""
    date = at.strftime("%Y%m%dT%H%M%SZ")
    return {"X-Sdk-Date": date, "Authorization": f"SDK-HMAC-SHA256 Access=AKID, SignedHeaders=host;x-sdk-date, Signature={'0' * 64}"}


@check
def a_signature_made_from_date_gets_in(mock):
    dated = [e for e in ALL if "X-Auth-Token" in e.headers]
    assert dated
    n = 0
    for endpoint in dated:
        for minutes, status in ((0, 401), (44, 401), (46, 101), (60, 101), (74, 101), (76, 401)):
            at = datetime.now(timezone.utc) + timedelta(minutes=minutes)
            peer = mock.dial(replace(endpoint, headers=signed(at)), "handshake-403-clock-skew")
            assert peer.read_answer() == status, (endpoint.name, minutes, peer.status)
            peer.close()
            n += 1
            session = last(mock, n)
            assert session["faults"][0]["fired"] == (status != 101), session


@check
def a_stalled_handshake_says_nothing_and_stays(mock):
    for n, endpoint in enumerate(ALL, 1):
        # What comes behind the head must not keep the mock from noticing that the client leaves.
        peer = mock.dial(endpoint, "handshake-stall", early=b"\x81\x80abcd" if n % 2 else b"")
        assert peer.is_silent(0.2), (endpoint.name, peer.buffer, peer.end)
        session = mock.sessions()[-1]
        assert session["state"] == "open" and session["status"] is None and session["faults"][0]["fired"], session
        peer.close()
        session = fired(mock, n, None)
        assert session["close"] == {"code": 1006, "reason": "", "by": "client"}, session


@check
def no_answer_but_the_end_of_tcp(mock):
    n = 0
    for endpoint in ALL:
        for how, end in (("fin", "FIN"), ("rst", "RST")):
            n += 1
            peer = mock.dial(endpoint, f"abrupt-1006:at=handshake,how={how}")
            assert peer.ending() == end, (endpoint.name, how, peer.end)
            assert peer.buffer == b"" and peer.segments == [], peer.buffer
            peer.close()
            session = fired(mock, n, None)
            assert session["close"] == {"code": 1006, "reason": "", "by": "server"}, session


@check
def a_dripped_101_comes_byte_by_byte(mock):
    for n, endpoint in enumerate(ALL, 1):
        peer = mock.dial(endpoint, "handshake-drip:every_ms=3")
        assert peer.read_answer() == 101
        size = len(peer.answer_head)
        # Two bytes meet in one read now and then when the machine is busy.
        assert len(peer.segments) > size / 2 and max(peer.segments) < 16, (size, peer.segments)
        assert peer.headers["sec-websocket-accept"] == accept_of(KEY)
        peer.send(9, b"still here")
        assert peer.frame().payload == b"still here"
        peer.close()
        fired(mock, n, 101)


@check(serve=["--clock", "manual"])
def a_drip_follows_the_services_clock(mock):
    endpoint = ALL[0]
    peer = mock.dial(endpoint, "handshake-drip")
    while not peer.buffer:
        assert peer.pull()
    assert peer.is_silent(0.1) and len(peer.buffer) == 1, peer.buffer
    mock.admin("clock", "POST", {"advance_ms": 1000})
    while len(peer.buffer) < 11:
        assert peer.pull(), peer.buffer
    assert peer.is_silent(0.1) and len(peer.buffer) == 11, peer.buffer
    mock.admin("clock", "POST", {"advance_ms": 60000})
    assert peer.read_answer() == 101
    peer.close()


@check
def a_client_that_leaves_a_drip_is_noted(mock):
    peer = mock.dial(ALL[0], "handshake-drip:every_ms=20")
    assert peer.pull()
    peer.close()
    session = fired(mock, 1, 101)
    assert session["close"]["code"] == 1006, session


@check
def the_accept_belongs_to_another_key(mock):
    for n, endpoint in enumerate(ALL, 1):
        peer = mock.dial(endpoint, "handshake-bad-accept")
        assert peer.read_answer() == 101
        accept = peer.headers["sec-websocket-accept"]
        assert accept != accept_of(KEY) and len(base64.b64decode(accept)) == 20, accept
        peer.close()
        fired(mock, n, 101)


@check
def a_redirect_says_where_to(mock):
    n = 0
    for endpoint in ALL:
        n += 1
        mock.admin(f"lanes/{mock.lane}", "PUT", {"scenario": "handshake-redirect:to=wss://elsewhere.test/v2/x?y=z"})
        status, headers, body = refused(mock, endpoint, None, n)
        assert (status, headers["location"], body) == (302, "wss://elsewhere.test/v2/x?y=z", b""), headers
        n += 1
        status, headers, _ = refused(mock, endpoint, "handshake-redirect", n)
        assert status == 302 and headers["location"].endswith(endpoint.path), headers


@check
def a_slow_handshake_is_late_and_whole(mock):
    for n, endpoint in enumerate(ALL, 1):
        began = time.monotonic()
        peer = mock.dial(endpoint, "slow-handshake:ms=150")
        assert peer.read_answer() == 101
        assert 0.14 < time.monotonic() - began < 3, endpoint.name
        assert peer.headers["sec-websocket-accept"] == accept_of(KEY)
        peer.close()
        fired(mock, n, 101)


@check(serve=["--clock", "manual"])
def a_slow_handshake_follows_the_services_clock(mock):
    peer = mock.dial(ALL[0], "slow-handshake")
    assert peer.is_silent(0.1)
    mock.admin("clock", "POST", {"advance_ms": 2999})
    assert peer.is_silent(0.1)
    mock.admin("clock", "POST", {"advance_ms": 1})
    assert peer.read_answer() == 101
    peer.close()


@check
def a_client_that_leaves_before_its_answer_is_noted(mock):
    for n, endpoint in enumerate(ALL, 1):
        peer = mock.dial(endpoint, "slow-handshake:ms=60000")
        assert peer.is_silent(0.1)
        peer.close()
        session = fired(mock, n, None)
        assert session["close"]["code"] == 1006, session


@check
def lines_end_in_a_bare_lf(mock):
    for n, endpoint in enumerate(ALL, 1):
        peer = mock.dial(endpoint, "header-newline-change")
        assert peer.read_answer() == 101
        assert b"\r" not in peer.answer_head and peer.answer_head.endswith(b"\n\n"), peer.answer_head
        assert peer.headers["sec-websocket-accept"] == accept_of(KEY)
        peer.send(9, b"x")
        assert peer.frame().opcode == 10
        peer.close()
        fired(mock, n, 101)


@check
def dressings_compose(mock):
    peer = mock.dial(ALL[0], "handshake-drip:every_ms=2+header-newline-change+handshake-bad-accept+slow-handshake:ms=50")
    assert peer.read_answer() == 101
    assert b"\r" not in peer.answer_head and len(peer.segments) > 50, peer.segments
    assert peer.headers["sec-websocket-accept"] != accept_of(KEY)
    peer.close()
    assert len(fired(mock, 1, 101)["faults"]) == 4


@check
def a_refusal_is_not_dressed(mock):
    endpoint = next(e for e in ALL if "X-Auth-Token" in e.headers)
    peer = mock.dial(replace(endpoint, headers={}), "handshake-drip")
    assert peer.read_answer() == 401 and b"\r\n" in peer.answer_head
    peer.close()
    assert not last(mock, 1)["faults"][0]["fired"]


@check
def accepted_then_closed(mock):
    n = 0
    for endpoint in ALL:
        for extra, close in (("", (1008, b"")), (",code=4403,reason=no-such-plan", (4403, b"no-such-plan"))):
            n += 1
            began = time.monotonic()
            peer = mock.open(endpoint, f"accept-then-close:after_ms=120{extra}", ask=True)
            peer.send(9, b"ping")
            frames = peer.frames()
            assert [f.opcode for f in frames] == [10, 8], (endpoint.name, frames)
            assert frames[-1].close() == close, frames[-1]
            assert 0.1 < time.monotonic() - began < 2
            peer.send_close(close[0])
            assert peer.ending() == "FIN"
            peer.close()
            fired(mock, n, 101)


@check
def never_ready(mock):
    for n, endpoint in enumerate(ALL, 1):
        peer = mock.open(endpoint, "ready-never", ask=True)
        if not endpoint.synthesis:
            peer.send(2, PCM_100MS)
        assert peer.is_silent(0.2), (endpoint.name, peer.buffer[:80])
        peer.send(9, b"ping")
        assert peer.frame().opcode == 10
        peer.send_close(1000)
        assert peer.frame().close()[0] == 1000
        assert peer.ending() == "FIN"
        peer.close()
        fired(mock, n, 101)


@check(serve=["--clock", "manual"])
def never_ready_outlasts_the_vendors_idle_rule(mock):
    for n, endpoint in enumerate(ALL, 1):
        peer = mock.open(endpoint, "ready-never", ask=True)
        peer.send(9, b"ping")
        assert peer.frame().opcode == 10
        mock.admin("clock", "POST", {"advance_ms": 120000})
        assert peer.is_silent(0.1), (endpoint.name, peer.buffer[:80], peer.end)
        peer.close()
        fired(mock, n, 101)


@check
def ready_when_there_is_audio(mock):
    for n, endpoint in enumerate(RECOGNITION, 1):
        peer = mock.open(endpoint, "ready-only-after-audio", ask=True)
        assert peer.is_silent(0.15), endpoint.name
        peer.send(2, PCM_100MS)
        first = peer.frame()
        assert json.loads(first.payload)["resp_type"] == "START", first
        peer.close()
        fired(mock, n, 101)
