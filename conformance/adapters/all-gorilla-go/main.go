// Command adapter drives gorilla/websocket once, as MYNAH_… says.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const chunk = 3200

var errUnsupported = errors.New("unsupported")

func main() {
	output, err := run(os.Getenv("MYNAH_ENDPOINT"), os.Getenv("MYNAH_OP"))
	if err == nil {
		err = os.WriteFile(os.Getenv("MYNAH_OUT"), output, 0o600)
	}
	switch {
	case errors.Is(err, errUnsupported):
		os.Exit(127)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(endpoint, operation string) ([]byte, error) {
	input, err := os.ReadFile(os.Getenv("MYNAH_IN"))
	if err != nil {
		return nil, err
	}
	mode, isRecognition := strings.CutPrefix(endpoint, "huawei/rasr-")
	switch {
	case endpoint == "huawei/rtts" && operation == "synthesize":
		return huaweiSpeak(string(input))
	case isRecognition && operation == "recognize":
		return huaweiRecognize("/rasr/"+mode, input)
	case endpoint == "ibm/tts" && operation == "synthesize":
		return ibm(string(input))
	case endpoint == "volcengine/tts-v1" && operation == "synthesize":
		return volcengine(string(input))
	}
	return nil, errUnsupported
}

func dial(path string, header http.Header) (*websocket.Conn, error) {
	conn, response, err := websocket.DefaultDialer.Dial(os.Getenv("MYNAH_URL")+path, header)
	if err != nil && response != nil {
		body, _ := io.ReadAll(response.Body)
		return nil, fmt.Errorf("%w: %s: %s", err, response.Status, body)
	}
	return conn, err
}

// closeAndWait closes with 1000 and reads the answer.
func closeAndWait(conn *websocket.Conn) {
	message := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second))
	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// ---- Huawei ----------------------------------------------------------------------------------------------------

type sisMessage struct {
	Type      string `json:"resp_type"`
	Reason    string `json:"reason"`
	ErrorCode string `json:"error_code"`
	ErrorText string `json:"error_msg"`
	Segments  []struct {
		Start  int  `json:"start_time"`
		Final  bool `json:"is_final"`
		Result struct {
			Text string `json:"text"`
		} `json:"result"`
	} `json:"segments"`
}

func huaweiDial(path string) (*websocket.Conn, error) {
	return dial("/v1/mynah"+path, http.Header{"X-Auth-Token": {os.Getenv("MYNAH_TOKEN")}})
}

// huaweiNext reads one message: a text, or audio.
func huaweiNext(conn *websocket.Conn) (message sisMessage, audio []byte, err error) {
	kind, data, err := conn.ReadMessage()
	if err != nil || kind == websocket.BinaryMessage {
		return message, data, err
	}
	if err := json.Unmarshal(data, &message); err != nil {
		return message, nil, err
	}
	switch {
	case strings.HasSuffix(message.Type, "ERROR"):
		return message, nil, fmt.Errorf("%s: %s", message.ErrorCode, message.ErrorText)
	case message.Type == "END" && message.Reason != "NORMAL":
		return message, nil, fmt.Errorf("ended with %q", message.Reason)
	}
	return message, nil, nil
}

func huaweiSpeak(text string) ([]byte, error) {
	conn, err := huaweiDial("/rtts")
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	config := map[string]string{
		"audio_format": orDefault(os.Getenv("MYNAH_FORMAT"), "pcm"),
		"property":     "chinese_xiaoyan_common",
		"sample_rate":  os.Getenv("MYNAH_RATE"),
	}
	if err := conn.WriteJSON(map[string]any{"command": "START", "text": text, "config": config}); err != nil {
		return nil, err
	}
	var audio []byte
	for {
		message, more, err := huaweiNext(conn)
		if err != nil {
			return nil, err
		}
		audio = append(audio, more...)
		if message.Type == "END" {
			closeAndWait(conn)
			return audio, nil
		}
	}
}

func huaweiRecognize(path string, wav []byte) ([]byte, error) {
	conn, err := huaweiDial(path)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	rate, err := strconv.Atoi(os.Getenv("MYNAH_RATE"))
	if err != nil {
		return nil, err
	}
	config := map[string]string{
		"audio_format": orDefault(os.Getenv("MYNAH_FORMAT"), fmt.Sprintf("pcm%dk16bit", rate/1000)),
		"property":     fmt.Sprintf("chinese_%dk_general", rate/1000),
	}
	if err := conn.WriteJSON(map[string]any{"command": "START", "config": config}); err != nil {
		return nil, err
	}
	finals := map[int]string{}
	for {
		message, _, err := huaweiNext(conn)
		if err != nil {
			return nil, err
		}
		switch message.Type {
		case "START":
			for samples := wav[44:]; len(samples) > 0; {
				n := min(chunk, len(samples))
				if err := conn.WriteMessage(websocket.BinaryMessage, samples[:n]); err != nil {
					return nil, err
				}
				samples = samples[n:]
			}
			if err := conn.WriteJSON(map[string]any{"command": "END", "cancel": false}); err != nil {
				return nil, err
			}
		case "END":
			closeAndWait(conn)
			return joined(finals), nil
		}
		for _, segment := range message.Segments {
			if segment.Final {
				finals[segment.Start] = segment.Result.Text
			}
		}
	}
}

func joined(finals map[int]string) []byte {
	starts := make([]int, 0, len(finals))
	for start := range finals {
		starts = append(starts, start)
	}
	sort.Ints(starts)
	var text strings.Builder
	for _, start := range starts {
		text.WriteString(finals[start])
	}
	return []byte(text.String())
}

// ---- IBM -------------------------------------------------------------------------------------------------------

func ibm(text string) ([]byte, error) {
	conn, err := dial("/v1/synthesize?access_token="+url.QueryEscape(os.Getenv("MYNAH_TOKEN")), nil)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	request := map[string]string{"text": text, "accept": orDefault(os.Getenv("MYNAH_FORMAT"), "*/*")}
	if err := conn.WriteJSON(request); err != nil {
		return nil, err
	}
	var audio []byte
	var told string
	for {
		kind, data, err := conn.ReadMessage()
		switch {
		case err != nil && told != "":
			return nil, errors.New(told)
		case websocket.IsCloseError(err, websocket.CloseNormalClosure):
			return audio, nil
		case err != nil:
			return nil, err
		case kind == websocket.BinaryMessage:
			audio = append(audio, data...)
		default:
			var message struct {
				Error string `json:"error"`
			}
			if err := json.Unmarshal(data, &message); err != nil {
				return nil, err
			}
			told = orDefault(message.Error, told)
		}
	}
}

// ---- Volcengine ------------------------------------------------------------------------------------------------

func volcengine(text string) ([]byte, error) {
	conn, err := dial("/api/v1/tts/ws_binary", http.Header{"Authorization": {"Bearer; " + os.Getenv("MYNAH_TOKEN")}})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	frame, err := submit(text)
	if err != nil {
		return nil, err
	}
	if err := conn.WriteMessage(websocket.BinaryMessage, frame); err != nil {
		return nil, err
	}
	var audio []byte
	for {
		kind, data, err := conn.ReadMessage()
		if err != nil {
			return nil, err
		}
		if kind != websocket.BinaryMessage || len(data) < 8 {
			return nil, fmt.Errorf("a message that is no frame: %q", data)
		}
		body := data[int(data[0]&0x0F)*4:]
		switch {
		case data[1]>>4 == 0xF:
			return nil, refusal(data[2]&0x0F, body)
		case data[1]>>4 != 0xB || data[1]&0x0F == 0:
			continue
		case len(body) < 8 || int(binary.BigEndian.Uint32(body[4:])) != len(body)-8:
			return nil, errors.New("a frame of another size than it declares")
		}
		audio = append(audio, body[8:]...)
		if int32(binary.BigEndian.Uint32(body)) < 0 {
			closeAndWait(conn)
			return audio, nil
		}
	}
}

func submit(text string) ([]byte, error) {
	rate, err := strconv.Atoi(os.Getenv("MYNAH_RATE"))
	if err != nil {
		return nil, err
	}
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]any{
		"app":  map[string]string{"appid": "mynah", "token": "access_token", "cluster": "volcano_tts"},
		"user": map[string]string{"uid": "mynah"},
		"audio": map[string]any{
			"voice_type": "zh_female_wanwanxiaohe_moon_bigtts",
			"encoding":   orDefault(os.Getenv("MYNAH_FORMAT"), "pcm"),
			"rate":       rate,
		},
		"request": map[string]string{
			"reqid": hex.EncodeToString(id), "text": text, "text_type": "plain", "operation": "submit",
		},
	})
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write(body); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	frame := binary.BigEndian.AppendUint32([]byte{0x11, 0x10, 0x11, 0x00}, uint32(packed.Len()))
	return append(frame, packed.Bytes()...), nil
}

// refusal reads the code and the text of an error frame.
func refusal(compression byte, body []byte) error {
	if len(body) < 8 {
		return errors.New("an error frame that is cut")
	}
	text := body[8:]
	if compression == 1 {
		reader, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return err
		}
		if text, err = io.ReadAll(reader); err != nil {
			return err
		}
	}
	return fmt.Errorf("%d: %s", binary.BigEndian.Uint32(body), text)
}
