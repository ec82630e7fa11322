// Named checks for the Node drivers: one line per check, exit 1 when any failed.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { inspect } = require('node:util');

const URL = (process.env.MYNAH_URL || 'ws://127.0.0.1:7070').replace(/\/+$/, '');
// A server with strict.toml; empty if there is none.
const STRICT_URL = (process.env.MYNAH_STRICT_URL || '').replace(/\/+$/, '');
const TOKEN = process.env.MYNAH_TOKEN || 'client-matrix';
const checks = [];

// What a check found instead of what it expected.
class Failed extends Error {}

function check(name, body, seconds = 30) {
  checks.push({ name, body, seconds });
}

// A check that needs a server with checked credentials, if there is one.
function strict(name, body) {
  if (STRICT_URL) check(`strict-${name}`, body);
}

// Runs the checks (those named on the command line, or all), prints their lines, cleans up, leaves the process.
async function run(cleanUp = async () => {}) {
  const wanted = new Set(process.argv.slice(2));
  const unknown = [...wanted].filter((name) => !checks.some((c) => c.name === name));
  if (unknown.length) {
    console.error(`no such check: ${unknown.join(', ')}`);
    process.exit(2);
  }
  let failed = 0;
  for (const { name, body, seconds } of checks) {
    if (wanted.size && !wanted.has(name)) continue;
    try {
      await within(seconds, body());
      fs.writeSync(1, `ok ${name}\n`);
    } catch (error) {
      failed += 1;
      fs.writeSync(1, `not ok ${name}: ${oneLine(error)}\n`);
      if (process.env.MYNAH_TRACE) fs.writeSync(1, `${error && error.stack}\n`);
    }
  }
  await within(10, cleanUp()).catch(() => {});
  process.exit(failed ? 1 : 0);
}

async function within(seconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Failed(`not done after ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function oneLine(error) {
  const words = String((error && error.message) || error).split(/\s+/).join(' ').trim() || 'no text';
  return error instanceof Failed ? words : `${(error && error.name) || 'Error'}: ${words}`;
}

function expect(condition, why) {
  if (!condition) throw new Failed(why);
}

function equal(what, found, expected) {
  const [a, b] = [found, expected].map((value) => inspect(value, { depth: 8, breakLength: Infinity }));
  expect(a === b, `${what}: ${a}, expected ${b}`);
}

// What an independent decoder hears in these bytes: never silence, always one channel.
function hear(data, suffix, raw, rate) {
  expect(data.length > 0, 'no audio arrived');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'client-'));
  const file = path.join(folder, `sound.${suffix}`);
  const args = [path.join(__dirname, 'probe.py'), file, ...(raw ? ['--raw', raw, '--rate', String(rate)] : [])];
  let heard;
  try {
    fs.writeFileSync(file, data);
    heard = JSON.parse(execFileSync('python3', args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  } catch (error) {
    throw new Failed(`${data.length} bytes of ${suffix} do not decode: ${error.stderr || error.message}`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
  equal('channels', heard.channels, 1);
  expect(heard.seconds > 0.1, `only ${heard.seconds} s of sound`);
  expect(heard.peak > 0.01 && heard.rms > 0.001, `silent: peak ${heard.peak}, rms ${heard.rms}`);
  return heard;
}

module.exports = { URL, STRICT_URL, strict, TOKEN, Failed, check, run, expect, equal, hear };
