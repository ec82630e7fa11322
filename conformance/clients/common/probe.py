#!/usr/bin/env python3
"""What an independent decoder hears in a file.

    probe.py FILE                                  a container: wav, flac, mp3, ogg, webm
    probe.py FILE --raw s16le|s16be|alaw|mulaw --rate HZ

Prints one JSON object: container, codec, rate, channels, seconds, peak, rms. Exit 1, with the decoder's own words on
stderr, when the file does not decode cleanly. Containers are read by ffmpeg (FLAC and Ogg Opus also by their reference
tools), raw sound by sox: none of them shares code with the encoder under test.
"""

import argparse
import array
import json
import math
import subprocess
import sys
import tempfile

SOX = {
    "s16le": ["-e", "signed-integer", "-b", "16", "-L"],
    "s16be": ["-e", "signed-integer", "-b", "16", "-B"],
    "alaw": ["-e", "a-law", "-b", "8"],
    "mulaw": ["-e", "mu-law", "-b", "8"],
}


class Undecodable(Exception):
    """A decoder refused the file, or complained about it."""


def probe(path, raw=None, rate=None):
    """The description of one file; raises Undecodable."""
    if raw is not None:
        command = ["sox", "-t", "raw", "-r", str(rate), "-c", "1", *SOX[raw], path]
        pcm = run([*command, "-t", "raw", "-e", "signed-integer", "-b", "16", "-L", "-"])
        return {"container": "raw", "codec": raw, "rate": int(rate), "channels": 1, **loudness(pcm, int(rate), 1)}

    listing = json.loads(run(["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", path]))
    streams = listing.get("streams", [])
    if len(streams) != 1 or streams[0].get("codec_type") != "audio":
        raise Undecodable(f"one audio stream expected, found {[s.get('codec_type') for s in streams]}")
    codec, container = streams[0]["codec_name"], listing["format"]["format_name"]
    hertz, channels = int(streams[0]["sample_rate"]), int(streams[0]["channels"])
    # No -xerror: a WAV that was streamed may leave its sizes open, which ffmpeg counts as a cut packet at the end.
    pcm = run(["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:a:0", "-f", "s16le", "-"])
    if container == "flac":
        run(["flac", "--test", "--totally-silent", path])  # silent: that a stream lacks its MD5 is no fault
    if container == "ogg" and codec == "opus":
        reference_opus(path)
    return {"container": container, "codec": codec, "rate": hertz, "channels": channels,
            **loudness(pcm, hertz, channels)}


def run(command):
    """The output of a decoder; anything it says on stderr is a complaint."""
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0 or done.stderr.strip():
        words = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise Undecodable(f"{command[0]} exit {done.returncode}: {words[:300]}")
    return done.stdout


def reference_opus(path):
    """Ogg Opus as its own project's tools read it."""
    done = subprocess.run(["opusinfo", path], capture_output=True, text=True, check=False)
    words = " ".join((done.stdout + done.stderr).split())
    if done.returncode != 0 or "WARNING" in words or "ERROR" in words:
        raise Undecodable(f"opusinfo exit {done.returncode}: {words[:300]}")
    with tempfile.NamedTemporaryFile(suffix=".wav") as out:
        run(["opusdec", "--quiet", path, out.name])


def loudness(pcm, rate, channels):
    """Length and level of signed 16-bit samples in the machine's byte order (little-endian everywhere we run)."""
    samples = array.array("h", pcm[: len(pcm) // 2 * 2])
    total = len(samples)
    peak = max((abs(s) for s in samples), default=0) / 32768
    rms = math.sqrt(sum(s * s for s in samples) / total) / 32768 if total else 0.0
    return {"seconds": total / channels / rate, "peak": round(peak, 5), "rms": round(rms, 5)}


def main():
    parser = argparse.ArgumentParser(description="what an independent decoder hears in a file")
    parser.add_argument("file")
    parser.add_argument("--raw", choices=sorted(SOX))
    parser.add_argument("--rate", type=int)
    args = parser.parse_args()
    try:
        print(json.dumps(probe(args.file, args.raw, args.rate)))
    except Undecodable as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
