// What the mock's main faults look like to ws.
'use strict';

const { randomUUID } = require('node:crypto');
const path = require('node:path');
const WebSocket = require('ws');

const { URL, TOKEN, Failed, check, run } = require(path.join(process.env.MYNAH_COMMON, 'checks.cjs'));

const START = JSON.stringify({
  command: 'START',
  text: 'one two three four five six seven eight',
  config: { audio_format: 'pcm', property: 'chinese_xiaoyan_common', sample_rate: '16000' },
});
const PATIENCE_MS = 1000;

// What the client got before the end, and how the library put the end.
function converse(scenario, options = {}) {
  return new Promise((resolve) => {
    const seen = { kinds: [], chunks: [], end: null, errors: [] };
    const url = `${URL}/~lane=${randomUUID()};scenario=${scenario}/v1/project/rtts`;
    const ws = new WebSocket(url, { headers: { 'X-Auth-Token': TOKEN }, handshakeTimeout: PATIENCE_MS, perMessageDeflate: false, ...options });
    let timer;
    const finish = (end) => {
      clearTimeout(timer);
      if (seen.end === null) seen.end = end;
      ws.removeAllListeners('close');
      ws.terminate();
      resolve(seen);
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => finish('timeout'), PATIENCE_MS);
    };
    ws.on('open', () => { ws.send(START); wait(); });
    ws.on('message', (data, isBinary) => {
      wait();
      if (isBinary) { seen.chunks.push(data); return; }
      const message = JSON.parse(data.toString());
      seen.kinds.push(message.resp_type);
      if (message.resp_type === 'END') finish('END');
    });
    ws.on('unexpected-response', (request, response) => { request.destroy(); finish(response.statusCode); });
    ws.on('error', (error) => {
      seen.errors.push(error.code || error.message);
      if (/handshake has timed out/.test(error.message)) finish('timeout');
      else if (/Sec-WebSocket-Accept/.test(error.message)) finish('handshake');
    });
    ws.on('close', (code) => finish(code));
  });
}

function symptom(name, scenario, holds, options) {
  check(`ws-${name}`, async () => {
    const seen = await converse(scenario, options);
    if (!holds(seen)) {
      throw new Failed(`end ${seen.end}, ${seen.chunks.length} chunks, ${seen.kinds}, errors ${seen.errors}`);
    }
  });
}

const ends = (code, chunks) => (seen) => seen.end === code && (chunks === undefined || seen.chunks.length === chunks);
const isWhole = (seen) => seen.end === 'END' && seen.chunks.length > 0;
const failsWith = (code) => (seen) => seen.errors.includes(code);

symptom('no-fault-ends-well', 'none', isWhole);
symptom('half-open-is-a-timeout', 'half-open:at=audio/2', ends('timeout', 1));
symptom('stall-midstream-is-a-timeout', 'stall-midstream:at=audio/3', ends('timeout', 2));
symptom('accept-then-close-shows-its-code', 'accept-then-close', (seen) => [1008, 4403].includes(seen.end) && !seen.chunks.length);
symptom('idle-close-shows-its-code', 'idle-close:after_ms=50+stall-midstream:at=request', (seen) => typeof seen.end === 'number' && ![1000, 1005, 1006].includes(seen.end));
symptom('error-after-audio-is-an-error-message', 'error-after-audio:at=audio/3', (seen) => seen.kinds.includes('ERROR') && seen.chunks.length === 2);
symptom('close-1000-early-looks-like-success', 'close-1000-early:at=audio/3', ends(1000, 2));
symptom('abrupt-fin-has-no-code', 'abrupt-1006:at=audio/3', ends(1006, 2));
symptom('abrupt-rst-has-no-code', 'abrupt-1006:at=audio/3,how=rst', ends(1006));
symptom('odd-chunks-end-inside-a-sample', 'odd-byte-chunks', (seen) => isWhole(seen) && seen.chunks.some((chunk) => chunk.length % 2));
symptom('a-huge-message-is-taken', 'huge-frame', isWhole);
symptom('a-huge-message-meets-a-limit-of-1-mib', 'huge-frame', failsWith('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'), { maxPayload: 1 << 20 });
symptom('handshake-429-shows-its-status', 'handshake-429', ends(429));
symptom('handshake-401-shows-its-status', 'handshake-401', ends(401));
symptom('handshake-stall-is-a-timeout', 'handshake-stall', ends('timeout'));
symptom('a-wrong-accept-is-refused', 'handshake-bad-accept', ends('handshake'));
symptom('fragments-are-joined', 'fragmented', isWhole);
symptom('sliced-segments-go-unnoticed', 'write-slicing:gap_ms=1', isWhole);
symptom('a-reserved-bit-is-refused', 'rsv-bit:at=audio/2', failsWith('WS_ERR_UNEXPECTED_RSV_1'));
symptom('a-reserved-opcode-is-refused', 'reserved-opcode:at=audio/2', failsWith('WS_ERR_INVALID_OPCODE'));
symptom('a-masked-frame-is-refused', 'masked-frame:at=audio/2', failsWith('WS_ERR_UNEXPECTED_MASK'));
symptom('bad-utf8-in-a-close-is-refused', 'close-reason-bad-utf8:at=audio/2', failsWith('WS_ERR_INVALID_UTF8'));
symptom('no-status-is-1005', 'close-no-status:at=audio/2', ends(1005, 1));
symptom('deflate-unasked-is-refused', 'deflate-unasked', (seen) => seen.errors.length > 0 && !seen.chunks.length);

run();
