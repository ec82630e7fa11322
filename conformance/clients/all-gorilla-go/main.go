// Command client speaks one flow of each vendor through gorilla/websocket.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const (
	projectPath = "/v1/0123456789abcdef0123456789abcdef"
	synthesize  = "/v1/synthesize?voice=en-US_AllisonV3Voice&access_token="
	speech      = "/api/v1/tts/ws_binary"
	reason      = "see the previous message for the error details."
)

var (
	base  = strings.TrimRight(env("MYNAH_URL", "ws://127.0.0.1:7070"), "/")
	token = env("MYNAH_TOKEN", "client-matrix")
)

func main() {
	os.Exit(runChecks(append([]check{
		{"huawei-rtts", huaweiRtts},
		{"huawei-short-stream", huaweiShortStream},
		{"huawei-error-then-open", huaweiError},
		{"huawei-missing-token-401", huaweiMissingToken},
		{"ibm-synthesize", ibmSynthesize},
		{"ibm-text-style", ibmTextStyle},
		{"ibm-unknown-query-parameter-warns", ibmQueryWarning},
		{"ibm-error-1011", ibmError},
		{"ibm-malformed-messages-1011", ibmMalformed},
		{"ibm-frame-over-4-mib-1009", ibmHugeFrame},
		{"ibm-missing-token-401", ibmMissingToken},
		{"ibm-unknown-voice-404", ibmUnknownVoice},
		{"volcengine-submit", volcengineSubmit},
		{"volcengine-query", volcengineQuery},
		{"volcengine-error-mirrors-compression", volcengineError},
		{"volcengine-missing-token-401", volcengineMissingToken},
		{"compression-offer", compressionOffer},
	}, faultChecks...)))
}

// ---- Huawei ----------------------------------------------------------------------------------------------------

type sisMessage struct {
	Type      string `json:"resp_type"`
	TraceID   string `json:"trace_id"`
	Reason    string `json:"reason"`
	ErrorCode string `json:"error_code"`
	Segments  []struct {
		Start  int  `json:"start_time"`
		End    int  `json:"end_time"`
		Final  bool `json:"is_final"`
		Result struct {
			Text string `json:"text"`
		} `json:"result"`
	} `json:"segments"`
}

func huaweiRtts() error {
	conn, err := dialSis("/rtts")
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.WriteJSON(sisStart("你好，世界。", "8000")); err != nil {
		return err
	}
	messages, audio, err := sisUntilEnd(conn)
	if err != nil {
		return err
	}
	if len(messages) != 2 || messages[0].Type != "START" || messages[1].Reason != "NORMAL" {
		return fmt.Errorf("messages %+v", messages)
	}
	if _, err := hear(audio, "pcm", "s16le", 8000); err != nil {
		return err
	}
	return closeAndEcho(conn, websocket.CloseNormalClosure)
}

func huaweiShortStream() error {
	conn, err := dialSis("/rasr/short-stream")
	if err != nil {
		return err
	}
	defer conn.Close()
	start := `{"command":"START","config":{"audio_format":"pcm8k16bit","property":"chinese_8k_common"}}`
	if err := conn.WriteMessage(websocket.TextMessage, []byte(start)); err != nil {
		return err
	}
	sound := tone(8000, 1.5)
	for at := 0; at < len(sound); at += 4000 {
		if err := conn.WriteMessage(websocket.BinaryMessage, sound[at:min(at+4000, len(sound))]); err != nil {
			return err
		}
	}
	if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"command":"END","cancel":"false"}`)); err != nil {
		return err
	}
	messages, _, err := sisUntilEnd(conn)
	if err != nil {
		return err
	}
	if len(messages) < 3 || messages[0].Type != "START" || messages[len(messages)-1].Reason != "NORMAL" {
		return fmt.Errorf("messages %+v", messages)
	}
	for _, m := range messages[1 : len(messages)-1] {
		for _, s := range m.Segments {
			if !s.Final || s.Result.Text == "" || s.Start > s.End || s.End > 1550 {
				return fmt.Errorf("segment %+v", s)
			}
		}
	}
	return nil
}

func huaweiError() error {
	conn, err := dialSis("/rtts")
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.WriteJSON(sisStart("你好。", "44100")); err != nil {
		return err
	}
	_, data, err := conn.ReadMessage()
	if err != nil {
		return err
	}
	var message sisMessage
	if err := json.Unmarshal(data, &message); err != nil {
		return err
	}
	if message.Type != "ERROR" || message.ErrorCode != "SIS.0402" {
		return fmt.Errorf("answer %s", data)
	}
	return nil
}

func huaweiMissingToken() error {
	body, err := refused(projectPath+"/rtts", nil, 401)
	if err != nil {
		return err
	}
	return contains(body, "APIG.0301")
}

func dialSis(path string) (*websocket.Conn, error) {
	conn, _, err := dial(projectPath+path, http.Header{"X-Auth-Token": {token}})
	return conn, err
}

func sisStart(text, rate string) map[string]any {
	config := map[string]string{"audio_format": "pcm", "property": "chinese_xiaoyu_common", "sample_rate": rate}
	return map[string]any{"command": "START", "text": text, "config": config}
}

func sisUntilEnd(conn *websocket.Conn) (messages []sisMessage, audio []byte, err error) {
	for {
		kind, data, err := conn.ReadMessage()
		if err != nil {
			return messages, audio, err
		}
		if kind == websocket.BinaryMessage {
			audio = append(audio, data...)
			continue
		}
		var m sisMessage
		if err := json.Unmarshal(data, &m); err != nil {
			return messages, audio, err
		}
		messages = append(messages, m)
		if m.Type == "END" {
			return messages, audio, nil
		}
	}
}

// ---- IBM -------------------------------------------------------------------------------------------------------

type ibmAnswer struct {
	texts []string
	audio []byte
	close *websocket.CloseError
}

func ibmSynthesize() error {
	answer, header, err := ibmAsk(synthesize+token, `{"text":"Hello world","accept":"audio/wav","timings":["words"]}`)
	if err != nil {
		return err
	}
	if answer.close.Code != 1000 {
		return fmt.Errorf("close %+v", answer.close)
	}
	if header.Get("X-Global-Transaction-Id") == "" {
		return errors.New("no X-Global-Transaction-Id on the 101")
	}
	heard, err := hear(answer.audio, "wav", "", 0)
	if err != nil {
		return err
	}
	last := 0.0
	for _, text := range answer.texts {
		var message struct{ Words [][]any }
		if err := json.Unmarshal([]byte(text), &message); err != nil {
			return err
		}
		for _, word := range message.Words {
			last = word[2].(float64)
		}
	}
	if heard.Rate != 22050 || last <= 0 || last > heard.Seconds+0.05 {
		return fmt.Errorf("last word ends at %.3f of %+v", last, heard)
	}
	return nil
}

func ibmTextStyle() error {
	answer, _, err := ibmAsk(synthesize+token, `{"text":"Hello world","accept":"audio/basic","timings":["words"],"x":1}`)
	if err != nil {
		return err
	}
	for _, text := range answer.texts {
		if !strings.Contains(text, `": `) {
			return fmt.Errorf("no blank after the colon in %q", text)
		}
	}
	return contains(strings.Join(answer.texts, ""), `"warnings": "Unknown arguments: x."`)
}

func ibmQueryWarning() error {
	answer, _, err := ibmAsk(synthesize+token+"&no-such-parameter=1", `{"text":"Hello world","accept":"audio/basic"}`)
	if err != nil {
		return err
	}
	if answer.close.Code != 1000 || !strings.Contains(answer.texts[0], "binary_streams") {
		return fmt.Errorf("close %v, first message %s", answer.close, answer.texts[0])
	}
	return contains(strings.Join(answer.texts[1:], ""), "no-such-parameter")
}

func ibmError() error {
	for _, message := range []string{`{"text":"Hello world","accept":"audio/ogg;codecs=vorbis"}`, `{"accept":"audio/wav"}`} {
		if err := ibmFails(message); err != nil {
			return fmt.Errorf("%s: %w", message, err)
		}
	}
	return nil
}

func ibmMalformed() error {
	for _, message := range []string{`{"text":`, `[]`, `{"text":1,"accept":"audio/wav"}`, `{"text":"","accept":"audio/wav"}`} {
		if err := ibmFails(message); err != nil {
			return fmt.Errorf("%s: %w", message, err)
		}
	}
	return nil
}

func ibmFails(message string) error {
	answer, _, err := ibmAsk(synthesize+token, message)
	if err != nil {
		return err
	}
	if answer.close.Code != 1011 || answer.close.Text != reason {
		return fmt.Errorf("close %d %q", answer.close.Code, answer.close.Text)
	}
	if len(answer.texts) != 1 || len(answer.audio) != 0 {
		return fmt.Errorf("%d texts and %d bytes of audio: %v", len(answer.texts), len(answer.audio), answer.texts)
	}
	return contains(answer.texts[0], `"error": "`)
}

func ibmHugeFrame() error {
	conn, _, err := dial(synthesize+token, nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	huge := []byte(`{"text":"` + strings.Repeat("x", 4<<20) + `","accept":"audio/wav"}`)
	// The server may close before all of it is written, so a write error is no verdict.
	_ = conn.WriteMessage(websocket.TextMessage, huge)
	answer, err := ibmRead(conn)
	if err != nil {
		return err
	}
	if answer.close.Code != 1009 {
		return fmt.Errorf("close %+v after %v", answer.close, answer.texts)
	}
	return nil
}

func ibmMissingToken() error {
	body, err := refused("/v1/synthesize", nil, 401)
	if err != nil {
		return err
	}
	var found struct {
		Error string
		Code  int
	}
	if err := json.Unmarshal([]byte(body), &found); err != nil {
		return err
	}
	if found.Error != "Unauthorized" || found.Code != 401 {
		return fmt.Errorf("body %s", body)
	}
	return nil
}

func ibmUnknownVoice() error {
	body, err := refused("/v1/synthesize?voice=xx-XX_NobodyV3Voice&access_token="+token, nil, 404)
	if err != nil {
		return err
	}
	return contains(body, "xx-XX_NobodyV3Voice")
}

func ibmAsk(path, message string) (ibmAnswer, http.Header, error) {
	conn, response, err := dial(path, nil)
	if err != nil {
		return ibmAnswer{}, nil, err
	}
	defer conn.Close()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
		return ibmAnswer{}, nil, err
	}
	answer, err := ibmRead(conn)
	return answer, response.Header, err
}

// ibmRead reads up to the server's close frame; any other end is an error.
func ibmRead(conn *websocket.Conn) (answer ibmAnswer, err error) {
	for {
		kind, data, err := conn.ReadMessage()
		if errors.As(err, &answer.close) {
			if answer.close.Code == websocket.CloseAbnormalClosure {
				return answer, err
			}
			return answer, nil
		}
		if err != nil {
			return answer, err
		}
		if kind == websocket.BinaryMessage {
			answer.audio = append(answer.audio, data...)
		} else {
			answer.texts = append(answer.texts, string(data))
		}
	}
}

// ---- Volcengine ------------------------------------------------------------------------------------------------

func volcengineSubmit() error {
	conn, response, err := dial(speech, http.Header{"Authorization": {"Bearer;" + token}})
	if err != nil {
		return err
	}
	defer conn.Close()
	if id := response.Header.Get("X-Tt-Logid"); !regexp.MustCompile(`^\d{14}[0-9A-F]{20}$`).MatchString(id) {
		return fmt.Errorf("X-Tt-Logid %q", id)
	}
	if err := conn.WriteMessage(websocket.BinaryMessage, frame(ask("submit", "字节跳动语音合成。"), true)); err != nil {
		return err
	}
	var audio []byte
	for n := int32(1); ; n++ {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		if n == 1 && bytes.Equal(data, []byte{0x11, 0xb0, 0, 0, 0, 0, 0, 0}) {
			n--
			continue
		}
		if len(data) < 12 || data[1]>>4 != 0xb {
			return fmt.Errorf("frame % x", data[:min(len(data), 16)])
		}
		sequence, size := int32(binary.BigEndian.Uint32(data[4:])), binary.BigEndian.Uint32(data[8:])
		if int(size) != len(data)-12 || size == 0 {
			return fmt.Errorf("frame %d: size %d of %d bytes", n, size, len(data)-12)
		}
		audio = append(audio, data[12:]...)
		if data[1] == 0xb3 && sequence == -n {
			break
		}
		if data[1] != 0xb1 || sequence != n {
			return fmt.Errorf("frame %d: flags and sequence %x %d", n, data[1]&15, sequence)
		}
	}
	_, err = hear(audio, "mp3", "", 0)
	return err
}

func volcengineQuery() error {
	data, err := volcengineAsk(frame(ask("query", "字节跳动语音合成。"), false))
	if err != nil {
		return err
	}
	if data[1] != 0xb3 || int32(binary.BigEndian.Uint32(data[4:])) >= 0 {
		return fmt.Errorf("frame % x", data[:12])
	}
	_, err = hear(data[12:], "mp3", "", 0)
	return err
}

func volcengineError() error {
	for _, zipped := range []bool{true, false} {
		data, err := volcengineAsk(frame(ask("submit", ""), zipped))
		if err != nil {
			return err
		}
		code, body := binary.BigEndian.Uint32(data[4:]), data[12:]
		if data[1] != 0xf0 || code != 3011 || (data[2]&15 == 1) != zipped {
			return fmt.Errorf("frame % x", data[:12])
		}
		if zipped {
			reader, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				return err
			}
			if body, err = io.ReadAll(reader); err != nil {
				return err
			}
		}
		if len(body) == 0 {
			return errors.New("no error text")
		}
	}
	return nil
}

func volcengineMissingToken() error {
	_, err := refused(speech, nil, 401)
	return err
}

func volcengineAsk(message []byte) ([]byte, error) {
	conn, _, err := dial(speech, http.Header{"Authorization": {"Bearer; " + token}})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.WriteMessage(websocket.BinaryMessage, message); err != nil {
		return nil, err
	}
	_, data, err := conn.ReadMessage()
	if err == nil && len(data) < 12 {
		err = fmt.Errorf("frame % x", data)
	}
	return data, err
}

func ask(operation, text string) []byte {
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	data, _ := json.Marshal(map[string]any{
		"app":     map[string]string{"appid": "APPID", "token": "access_token", "cluster": "volcano_tts"},
		"user":    map[string]string{"uid": "UID"},
		"audio":   map[string]any{"voice_type": "BV001_streaming", "encoding": "mp3", "speed_ratio": 1.0},
		"request": map[string]string{"reqid": fmt.Sprintf("%x", id), "text": text, "operation": operation},
	})
	return data
}

func frame(payload []byte, zipped bool) []byte {
	header := []byte{0x11, 0x10, 0x10, 0}
	if zipped {
		var out bytes.Buffer
		writer := gzip.NewWriter(&out)
		_, _ = writer.Write(payload)
		_ = writer.Close()
		payload, header[2] = out.Bytes(), 0x11
	}
	return append(binary.BigEndian.AppendUint32(header, uint32(len(payload))), payload...)
}

// ---- plumbing --------------------------------------------------------------------------------------------------

// compressionOffer: a server may take or leave permessage-deflate, but must then speak accordingly.
func compressionOffer() error {
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, EnableCompression: true, HandshakeTimeout: 10 * time.Second}
	conn, _, err := dialer.Dial(base+projectPath+"/rtts", http.Header{"X-Auth-Token": {token}})
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	if err := conn.WriteJSON(sisStart("你好，世界。", "16000")); err != nil {
		return err
	}
	_, audio, err := sisUntilEnd(conn)
	if err != nil {
		return err
	}
	_, err = hear(audio, "pcm", "s16le", 16000)
	return err
}

func dial(path string, header http.Header) (*websocket.Conn, *http.Response, error) {
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 10 * time.Second}
	conn, response, err := dialer.Dial(base+path, header)
	if err != nil {
		return nil, response, err
	}
	return conn, response, conn.SetReadDeadline(time.Now().Add(15 * time.Second))
}

// refused returns the body of a handshake that must fail with this status.
func refused(path string, header http.Header, status int) (string, error) {
	conn, response, err := dial(path, header)
	if err == nil {
		conn.Close()
		return "", fmt.Errorf("%s was accepted", path)
	}
	if response == nil {
		return "", err
	}
	body, _ := io.ReadAll(response.Body)
	if response.StatusCode != status {
		return "", fmt.Errorf("status %d, expected %d: %s", response.StatusCode, status, body)
	}
	return string(body), nil
}

// closeAndEcho closes and waits for the server's close frame.
func closeAndEcho(conn *websocket.Conn, code int) error {
	message := websocket.FormatCloseMessage(code, "")
	if err := conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second)); err != nil {
		return err
	}
	var closed *websocket.CloseError
	if _, _, err := conn.ReadMessage(); !errors.As(err, &closed) || closed.Code != code {
		return fmt.Errorf("after close %d: %v", code, err)
	}
	return nil
}

func tone(rate int, seconds float64) []byte {
	var out []byte
	for n := 0; n < int(float64(rate)*seconds); n++ {
		level := 9000 * math.Sin(2*math.Pi*220*float64(n)/float64(rate))
		out = binary.LittleEndian.AppendUint16(out, uint16(int16(level)))
	}
	return out
}

func contains(text, part string) error {
	if !strings.Contains(text, part) {
		return fmt.Errorf("%q lacks %q", text, part)
	}
	return nil
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
