// IBM Watson Text to Speech through the HTML5 WebSocket in headless Chromium; the browser itself decodes the audio.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { URL, TOKEN, check, run, expect, equal } = require('../common/checks.cjs');

const REASON = 'see the previous message for the error details.';
const VOICE = 'voice=en-US_AllisonV3Voice';
let browser;
let page;

check('chromium-starts', open, 60);

check('page-flow', async () => {
  const result = await speak({ text: 'Hello world', accept: '*/*' });
  completed(result, 'audio/ogg;codecs=opus');
  equal('first bytes', Buffer.from(result.head).toString('latin1'), 'OggS');
});

for (const [accept, contentType, head] of [
  ['audio/webm;codecs=opus', 'audio/webm', '\x1aE\xdf\xa3'],
  ['audio/webm', 'audio/webm', '\x1aE\xdf\xa3'],
  ['audio/ogg;codecs=opus', 'audio/ogg', 'OggS'],
  ['audio/wav', 'audio/wav', 'RIFF'],
  ['audio/wav;rate=48000', 'audio/wav', 'RIFF'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/flac', 'audio/flac', 'fLaC'],
]) {
  check(`accept ${accept}`, async () => {
    const result = await speak({ text: 'Hello world', accept });
    completed(result, contentType);
    if (head) equal('first bytes', Buffer.from(result.head).toString('latin1'), head);
  });
}

check('word-timings', async () => {
  const result = await speak({ text: 'I have a pet bird.', accept: 'audio/webm;codecs=opus', timings: ['words'] });
  completed(result, 'audio/webm');
  const words = result.texts.flatMap((json) => json.words || []);
  equal('words', words.map(([word]) => word).join(' '), 'I have a pet bird.');
  const end = words[words.length - 1][2];
  expect(end <= result.sound.seconds + 0.05, `last word ends at ${end} of ${result.sound.seconds} s`);
  expect(result.order.indexOf('words') < result.order.indexOf('audio'), `order ${result.order}`);
});

check('marks', async () => {
  const result = await speak({ text: 'Hello <mark name="here"/> world', accept: 'audio/wav' });
  completed(result, 'audio/wav');
  const marks = result.texts.flatMap((json) => json.marks || []);
  equal('names', marks.map(([name]) => name), ['here']);
  expect(marks[0][1] > 0 && marks[0][1] < result.sound.seconds, `mark at ${marks[0][1]} of ${result.sound.seconds} s`);
});

check('warnings', async () => {
  const result = await speak({ text: 'Hello world', accept: 'audio/wav', 'invalid-parameter': true }, '&no-such-parameter=1');
  completed(result, 'audio/wav');
  const warnings = result.texts.map((json) => json.warnings).filter(Boolean);
  expect(warnings.includes('Unknown arguments: invalid-parameter.'), `warnings ${JSON.stringify(warnings)}`);
  expect(warnings.some((text) => text.includes('no-such-parameter')), `warnings ${JSON.stringify(warnings)}`);
});

check('errors-close-1011', async () => {
  for (const message of [
    { text: 'Hello world', accept: 'audio/ogg;codecs=vorbis' }, { accept: 'audio/wav' }, { text: 'x'.repeat(5121), accept: '*/*' },
    '{"text":',
  ]) {
    const result = await speak(message);
    equal('close', result.close, { code: 1011, reason: REASON, wasClean: true });
    equal('messages', result.order, ['error']);
  }
});

check('missing-token-is-a-failed-handshake', async () => {
  const result = await speak({ text: 'Hello world', accept: '*/*' }, '', `${URL}/v1/synthesize?${VOICE}`);
  equal('close', result.close, { code: 1006, reason: '', wasClean: false });
  equal('onerror was called', result.error, true);
});

check('several-pages-at-once', async () => {
  const results = await Promise.all([...Array(5)].map(() => speak({ text: 'Hello world', accept: '*/*' })));
  for (const result of results) completed(result, 'audio/ogg');
});

// Chromium with the page loaded from a server of our own, so that it has an ordinary origin.
async function open() {
  const html = fs.readFileSync(path.join(__dirname, 'page.html'));
  const server = http.createServer((request, response) => {
    const found = request.url === '/';
    response.writeHead(found ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(found ? html : '');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  server.unref();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
}

function speak(message, query = '', url = `${URL}/v1/synthesize?access_token=${TOKEN}&${VOICE}`) {
  return page.evaluate(([uri, body]) => globalThis.speak(uri, body), [url + query, message]);
}

function completed(result, contentType) {
  equal('close', result.close, { code: 1000, reason: '', wasClean: true });
  equal('first message', result.order[0], 'binary_streams');
  const announced = result.texts[0].binary_streams[0].content_type;
  expect(announced.replace(/ /g, '').startsWith(contentType), `content_type ${announced}`);
  const { sound } = result;
  expect(sound && !sound.error, `${result.bytes} bytes do not decode: ${sound && sound.error}`);
  equal('channels', sound.channels, 1);
  expect(sound.seconds > 0.1, `only ${sound.seconds} s of sound`);
  expect(sound.peak > 0.01 && sound.rms > 0.001, `silent: peak ${sound.peak}, rms ${sound.rms}`);
}

run(async () => browser && browser.close());
