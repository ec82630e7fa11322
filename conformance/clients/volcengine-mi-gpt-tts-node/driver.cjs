// Volcengine TTS v1 through `mi-gpt-tts`, whose address is a constant: the package is loaded with that one string replaced.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const Module = require('node:module');
const { Readable } = require('node:stream');
const { URL, TOKEN, check, run, expect, equal, hear } = require('../common/checks.cjs');

const PATH = '/api/v1/tts/ws_binary';
const SPEAKER = 'BV005_streaming';

check('speech-as-one-buffer', async () => {
  const { audio, log } = await speak({ text: '你好，很高兴认识你！' });
  expect(audio, `no audio: ${log.join(' | ')}`);
  const heard = hear(Buffer.from(audio), 'mp3');
  equal('codec', heard.codec, 'mp3');
});

check('speech-as-a-stream', async () => {
  const stream = new Readable({ read() {} });
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  const { audio, log } = await speak({ text: '字节跳动语音合成。'.repeat(4), stream });
  expect(audio, `no audio: ${log.join(' | ')}`);
  expect(chunks.length > 1, `${chunks.length} chunk for a long text`);
  expect(Buffer.concat(chunks).equals(Buffer.from(audio)), 'stream and buffer differ');
  hear(Buffer.concat(chunks), 'mp3');
});

check('every-request-has-its-own-id', async () => {
  for (let n = 0; n < 3; n += 1) expect((await speak({ text: '再来一次。' })).audio, `request ${n + 1} failed`);
});

check('speakers-of-the-package', async () => {
  const { kTTSSpeakers } = load().exports;
  const ids = kTTSSpeakers.map(({ speaker }) => speaker).filter((id) => /^B[VR]\d/.test(id));
  for (const speaker of [ids[0], ids[ids.length - 1], 'BR001_streaming']) {
    expect((await speak({ text: '换一个声音，说同样的话。', speaker })).audio, `speaker ${speaker} failed`);
  }
});

check('error-3011-is-readable', async () => {
  // The client gunzips by the frame's own nibble; an unreadable error would be another exception.
  const { audio, log } = await speak({ text: '。' });
  equal('audio', audio, null);
  expect(log.some((line) => line.includes('Volcano | Error code: 3011')), log.join(' | '));
});

check('error-3010-is-readable', async () => {
  const { audio, log } = await speak({ text: '字'.repeat(342) });
  equal('audio', audio, null);
  expect(log.some((line) => line.includes('Volcano | Error code: 3010')), log.join(' | '));
});

check('wrong-path-is-an-error', async () => {
  const { audio, log } = await speak({ text: '你好。' }, `${URL}/api/v1/tts/ws_binry`);
  equal('audio', audio, null);
  expect(log.some((line) => line.includes('Unexpected server response: 404')), log.join(' | '));
});

// The package with its address replaced, and everything it prints.
function load(address = `${URL}${PATH}`) {
  const file = require.resolve('mi-gpt-tts');
  const source = fs.readFileSync(file, 'utf8');
  const constant = 'wss://openspeech.bytedance.com/api/v1/tts/ws_binary';
  equal('places where the address stands', source.split(constant).length - 1, 1);
  const loaded = new Module(file);
  loaded.filename = file;
  loaded.paths = Module._nodeModulePaths(path.dirname(file));
  loaded._compile(source.replace(constant, address), file);
  return loaded;
}

async function speak(options, address) {
  const log = [];
  const print = console.log;
  console.log = (...words) => log.push(words.map(String).join(' '));
  try {
    const tts = load(address).exports.createTTS({
      defaultSpeaker: SPEAKER, volcano: { appId: 'APPID', accessToken: TOKEN, userId: 'UID' },
    });
    const audio = await tts({ speaker: SPEAKER, ...options });
    return { audio, log };
  } finally {
    console.log = print;
  }
}

run();
