package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Heard is what an independent decoder finds in a file.
type Heard struct {
	Container string  `json:"container"`
	Codec     string  `json:"codec"`
	Rate      int     `json:"rate"`
	Channels  int     `json:"channels"`
	Seconds   float64 `json:"seconds"`
	Peak      float64 `json:"peak"`
	RMS       float64 `json:"rms"`
}

type check struct {
	name string
	body func() error
}

// runChecks runs the checks (those named on the command line, or all) and returns the exit code.
func runChecks(checks []check) int {
	wanted, failed := map[string]bool{}, 0
	for _, name := range os.Args[1:] {
		wanted[name] = true
	}
	for _, c := range checks {
		if len(wanted) > 0 && !wanted[c.name] {
			continue
		}
		if err := c.body(); err != nil {
			failed++
			fmt.Printf("not ok %s: %s\n", c.name, strings.Join(strings.Fields(err.Error()), " "))
		} else {
			fmt.Printf("ok %s\n", c.name)
		}
	}
	if failed > 0 {
		return 1
	}
	return 0
}

// hear decodes raw sound ("s16le" and such, with its rate) or, with raw empty, a container named by its suffix.
func hear(data []byte, suffix, raw string, rate int) (Heard, error) {
	var heard Heard
	folder, err := os.MkdirTemp("", "client-")
	if err != nil {
		return heard, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "sound."+suffix)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return heard, err
	}
	args := []string{filepath.Join(os.Getenv("MYNAH_COMMON"), "probe.py"), file}
	if raw != "" {
		args = append(args, "--raw", raw, "--rate", fmt.Sprint(rate))
	}
	command := exec.Command("python3", args...)
	var complaint strings.Builder
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		return heard, fmt.Errorf("%d bytes of %s do not decode: %s", len(data), suffix, complaint.String())
	}
	if err := json.Unmarshal(out, &heard); err != nil {
		return heard, err
	}
	if heard.Channels != 1 || heard.Seconds < 0.1 || heard.Peak < 0.01 || heard.RMS < 0.001 {
		return heard, fmt.Errorf("not one audible channel: %+v", heard)
	}
	return heard, nil
}
