package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"encoding/json"

	"github.com/gorilla/websocket"
)

// What the client got before the end, and how the library put the end.
type seen struct {
	kinds  []string
	chunks []int
	end    string
	err    error
}

const patience = time.Second

var faultChecks = []check{
	symptom("no-fault-ends-well", "none", isWhole),
	symptom("half-open-is-a-timeout", "half-open:at=audio/2", ends("timeout", 1)),
	symptom("stall-midstream-is-a-timeout", "stall-midstream:at=audio/3", ends("timeout", 2)),
	symptom("accept-then-close-shows-its-code", "accept-then-close", ends("1008", 0)),
	symptom("error-after-audio-is-an-error-message", "error-after-audio:at=audio/3", func(s seen) bool {
		return len(s.chunks) == 2 && strings.Contains(strings.Join(s.kinds, " "), "ERROR")
	}),
	symptom("close-1000-early-looks-like-success", "close-1000-early:at=audio/3", ends("1000", 2)),
	symptom("abrupt-fin-has-no-code", "abrupt-1006:at=audio/3", ends("1006", 2)),
	symptom("abrupt-rst-has-no-code", "abrupt-1006:at=audio/3,how=rst", func(s seen) bool { return s.end == "1006" || s.end == "reset" }),
	symptom("odd-chunks-end-inside-a-sample", "odd-byte-chunks", func(s seen) bool {
		odd := 0
		for _, length := range s.chunks {
			odd += length % 2
		}
		return isWhole(s) && odd > 0
	}),
	symptom("a-huge-message-is-taken", "huge-frame", isWhole),
	symptom("handshake-429-shows-its-status", "handshake-429", ends("429", 0)),
	symptom("handshake-stall-is-a-timeout", "handshake-stall", ends("timeout", 0)),
	symptom("a-wrong-accept-is-refused", "handshake-bad-accept", ends("bad handshake", 0)),
	symptom("fragments-are-joined", "fragmented", isWhole),
	symptom("sliced-segments-go-unnoticed", "write-slicing:gap_ms=1", isWhole),
	symptom("a-reserved-bit-is-refused", "rsv-bit:at=audio/2", rejects("RSV1")),
	symptom("a-reserved-opcode-is-refused", "reserved-opcode:at=audio/2", rejects("opcode")),
	symptom("a-masked-frame-is-refused", "masked-frame:at=audio/2", rejects("MASK")),
	symptom("bad-utf8-in-a-close-is-refused", "close-reason-bad-utf8:at=audio/2", rejects("utf8")),
	symptom("no-status-is-1005", "close-no-status:at=audio/2", ends("1005", 1)),
}

func symptom(name, scenario string, holds func(seen) bool) check {
	return check{"fault-" + name, func() error {
		s := converseUnder(scenario)
		if !holds(s) {
			return fmt.Errorf("end %q, %d chunks, %v, %v", s.end, len(s.chunks), s.kinds, s.err)
		}
		return nil
	}}
}

func isWhole(s seen) bool { return s.end == "END" && len(s.chunks) > 0 }

func ends(how string, chunks int) func(seen) bool {
	return func(s seen) bool { return s.end == how && len(s.chunks) == chunks }
}

func rejects(word string) func(seen) bool {
	return func(s seen) bool { return s.err != nil && strings.Contains(s.err.Error(), word) }
}

func converseUnder(scenario string) (s seen) {
	dialer := websocket.Dialer{HandshakeTimeout: patience}
	lane := fmt.Sprintf("%d-%d", os.Getpid(), time.Now().UnixNano())
	url := fmt.Sprintf("%s/~lane=%s;scenario=%s/v1/project/rtts", base, lane, scenario)
	conn, response, err := dialer.Dial(url, http.Header{"X-Auth-Token": {token}})
	if err != nil {
		s.err = err
		var timeout net.Error
		switch {
		case errors.As(err, &timeout) && timeout.Timeout():
			s.end = "timeout"
		case response != nil && response.StatusCode != http.StatusSwitchingProtocols:
			s.end = fmt.Sprint(response.StatusCode)
		case errors.Is(err, websocket.ErrBadHandshake):
			s.end = "bad handshake"
		default:
			s.end = "refused"
		}
		return s
	}
	defer conn.Close()
	start := sisStart("one two three four five six seven eight", "16000")
	if s.err = conn.WriteJSON(start); s.err != nil {
		s.end = "1006"
		// What the server said before it left is still to be read.
	}
	for {
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		kind, data, err := conn.ReadMessage()
		if err != nil {
			s.err = err
			var closed *websocket.CloseError
			var timeout net.Error
			switch {
			case errors.As(err, &closed):
				s.end = fmt.Sprint(closed.Code)
			case errors.As(err, &timeout) && timeout.Timeout():
				s.end = "timeout"
			case strings.Contains(err.Error(), "reset"):
				s.end = "reset"
			default:
				s.end = "refused"
			}
			return s
		}
		if kind == websocket.BinaryMessage {
			s.chunks = append(s.chunks, len(data))
			continue
		}
		var message sisMessage
		if s.err = json.Unmarshal(data, &message); s.err != nil {
			s.end = "bad JSON"
			return s
		}
		s.kinds = append(s.kinds, message.Type)
		if message.Type == "END" {
			s.end = "END"
			return s
		}
	}
}
