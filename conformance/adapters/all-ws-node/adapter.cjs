// `ws`, the WebSocket library of most Node clients, with the three protocols by hand.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const zlib = require('zlib');
const WebSocket = require('ws');

const env = process.env;
const CHUNK = 3200;

const flows = {
  'huawei/rtts synthesize': () => huawei('/v1/mynah/rtts', speak),
  'huawei/rasr-short-stream recognize': () => huawei('/v1/mynah/rasr/short-stream', recognize),
  'huawei/rasr-sentence-stream recognize': () => huawei('/v1/mynah/rasr/sentence-stream', recognize),
  'huawei/rasr-continue-stream recognize': () => huawei('/v1/mynah/rasr/continue-stream', recognize),
  'ibm/tts synthesize': ibm,
  'volcengine/tts-v1 synthesize': volcengine,
};
const flow = flows[`${env.MYNAH_ENDPOINT} ${env.MYNAH_OP}`];
if (!flow) process.exit(127);
flow();

// ---- all ---------------------------------------------------------------------------------------------------------

function open(path, headers) {
  const socket = new WebSocket(env.MYNAH_URL + path, { headers, perMessageDeflate: false });
  socket.on('error', (error) => fail(error.message));
  socket.on('close', (code) => fail(`closed with ${code}`));
  return socket;
}

function fail(text) {
  console.error(text);
  process.exit(1);
}

function done(socket, output) {
  socket.removeAllListeners('close');
  socket.on('close', () => {
    fs.writeFileSync(env.MYNAH_OUT, output);
    process.exit(0);
  });
  socket.close(1000);
}

// ---- Huawei: JSON in text messages, audio in binary ones -------------------------------------------------------------

function huawei(path, take) {
  const socket = open(path, { 'X-Auth-Token': env.MYNAH_TOKEN });
  const session = take(socket);
  socket.on('open', () => socket.send(JSON.stringify({ command: 'START', ...session.start })));
  socket.on('message', (data, isBinary) => {
    if (isBinary) return session.audio(data);
    const message = JSON.parse(data.toString());
    if (/ERROR$/.test(message.resp_type)) return fail(`${message.error_code}: ${message.error_msg}`);
    if (message.resp_type !== 'END') return session.text(message);
    if (message.reason !== 'NORMAL') return fail(`ended with ${message.reason}`);
    return done(socket, session.output());
  });
}

function speak() {
  const chunks = [];
  return {
    start: {
      text: fs.readFileSync(env.MYNAH_IN, 'utf8'),
      config: {
        audio_format: env.MYNAH_FORMAT || 'pcm', property: 'chinese_xiaoyan_common', sample_rate: env.MYNAH_RATE,
      },
    },
    audio: (data) => chunks.push(data),
    text: () => {},
    output: () => Buffer.concat(chunks),
  };
}

function recognize(socket) {
  const kilo = Number(env.MYNAH_RATE) / 1000;
  const finals = new Map();
  const samples = fs.readFileSync(env.MYNAH_IN).subarray(44);
  return {
    start: {
      config: { audio_format: env.MYNAH_FORMAT || `pcm${kilo}k16bit`, property: `chinese_${kilo}k_general` },
    },
    audio: () => fail('a binary message'),
    text: (message) => {
      if (message.resp_type === 'START') {
        for (let at = 0; at < samples.length; at += CHUNK) socket.send(samples.subarray(at, at + CHUNK));
        socket.send(JSON.stringify({ command: 'END', cancel: false }));
      }
      for (const segment of message.segments || []) {
        if (segment.is_final) finals.set(segment.start_time, segment.result.text);
      }
    },
    output: () => [...finals].sort(([a], [b]) => a - b).map(([, text]) => text).join(''),
  };
}

// ---- IBM: one request, and the service closes -------------------------------------------------------------------------

function ibm() {
  const socket = open(`/v1/synthesize?access_token=${encodeURIComponent(env.MYNAH_TOKEN)}`, {});
  const chunks = [];
  let told;
  socket.on('open', () => {
    socket.send(JSON.stringify({ text: fs.readFileSync(env.MYNAH_IN, 'utf8'), accept: env.MYNAH_FORMAT || '*/*' }));
  });
  socket.on('message', (data, isBinary) => {
    if (isBinary) chunks.push(data);
    else told = told || JSON.parse(data.toString()).error;
  });
  socket.removeAllListeners('close');
  socket.on('close', (code) => {
    if (told || code !== 1000) return fail(told || `closed with ${code}`);
    fs.writeFileSync(env.MYNAH_OUT, Buffer.concat(chunks));
    return process.exit(0);
  });
}

// ---- Volcengine: frames with a header of four bytes ------------------------------------------------------------------

function volcengine() {
  const socket = open('/api/v1/tts/ws_binary', { Authorization: `Bearer; ${env.MYNAH_TOKEN}` });
  const chunks = [];
  socket.on('open', () => {
    const request = {
      app: { appid: 'mynah', token: 'access_token', cluster: 'volcano_tts' },
      user: { uid: 'mynah' },
      audio: {
        voice_type: 'zh_female_wanwanxiaohe_moon_bigtts', encoding: env.MYNAH_FORMAT || 'pcm', rate: Number(env.MYNAH_RATE),
      },
      request: {
        reqid: crypto.randomUUID(), text: fs.readFileSync(env.MYNAH_IN, 'utf8'), text_type: 'plain', operation: 'submit',
      },
    };
    const payload = zlib.gzipSync(JSON.stringify(request));
    const size = Buffer.alloc(4);
    size.writeUInt32BE(payload.length);
    socket.send(Buffer.concat([Buffer.from([0x11, 0x10, 0x11, 0x00]), size, payload]));
  });
  socket.on('message', (data, isBinary) => {
    if (!isBinary) return fail('a text message');
    const kind = data[1] >> 4;
    const body = data.subarray((data[0] & 0x0f) * 4);
    if (kind === 0xf) {
      const text = body.subarray(8);
      return fail(`${body.readUInt32BE(0)}: ${(data[2] & 0x0f) === 1 ? zlib.gunzipSync(text) : text}`);
    }
    if (kind !== 0xb || (data[1] & 0x0f) === 0) return undefined;
    if (body.readUInt32BE(4) !== body.length - 8) return fail('a frame of another size than it declares');
    chunks.push(body.subarray(8));
    return body.readInt32BE(0) < 0 ? done(socket, Buffer.concat(chunks)) : undefined;
  });
}
