// IBM Watson Text to Speech through the `ibm-watson` SDK for Node.
'use strict';

const TextToSpeechV1 = require('ibm-watson/text-to-speech/v1');
const {
  BearerTokenAuthenticator, CloudPakForDataAuthenticator, IamAuthenticator, NoAuthAuthenticator,
} = require('ibm-watson/auth');
const { URL, STRICT_URL, TOKEN, check, strict, run, expect, equal, hear } = require('../common/checks.cjs');

const TEXT = 'I have a pet bird.';
const REASON = 'see the previous message for the error details.';
// accept value, beginning of the content type, codec or raw encoding, rate that a decoder must find
const FORMATS = [
  ['*/*', 'audio/ogg;codecs=opus', 'opus', 48000],
  ['audio/ogg;codecs=opus', 'audio/ogg;codecs=opus', 'opus', 48000],
  ...[48000, 24000, 16000, 12000, 8000].map((r) => [`audio/ogg;codecs=opus;rate=${r}`, 'audio/ogg', 'opus', 48000]),
  ['audio/webm', 'audio/webm', 'opus', 48000],
  ['audio/webm;codecs=opus', 'audio/webm', 'opus', 48000],
  ['audio/wav', 'audio/wav', 'pcm_s16le', 22050],
  ...[8000, 16000, 96000].map((r) => [`audio/wav;rate=${r}`, 'audio/wav', 'pcm_s16le', r]),
  ['audio/flac', 'audio/flac', 'flac', 22050],
  ...[16000, 44100].map((r) => [`audio/flac;rate=${r}`, 'audio/flac', 'flac', r]),
  ['audio/mp3', 'audio/mpeg', 'mp3', 22050],
  ['audio/mpeg', 'audio/mpeg', 'mp3', 22050],
  ...[11025, 24000, 48000].map((r) => [`audio/mp3;rate=${r}`, 'audio/mpeg', 'mp3', r]),
  ['audio/basic', 'audio/basic', 'raw:mulaw', 8000],
  ['audio/mulaw;rate=8000', 'audio/mulaw', 'raw:mulaw', 8000],
  ['audio/alaw;rate=8000', 'audio/alaw', 'raw:alaw', 8000],
  ['audio/l16;rate=16000', 'audio/l16', 'raw:s16le', 16000],
  ['audio/l16; rate=22050; endianness=big-endian', 'audio/l16', 'raw:s16be', 22050],
];

for (const [accept, contentType, codec, rate] of FORMATS) {
  check(`accept ${accept}`, async () => {
    const result = await synthesize({ accept });
    completed(result);
    const announced = result.named('binary_streams')[0].binary_streams[0].content_type;
    expect(announced.replace(/ /g, '').startsWith(contentType), `content_type ${announced}`);
    equal('rate', heard(result, accept, codec, rate).rate, rate);
  });
}

check('close-1000-and-nothing-after', async () => {
  const result = await synthesize({ accept: 'audio/wav' });
  completed(result);
  equal('close code', result.closes[0][0], 1000);
});

check('transaction-id', async () => {
  const result = await synthesize({ accept: 'audio/wav' });
  expect(/\S{8,}/.test(result.transactionId || ''), `x-global-transaction-id ${result.transactionId}`);
});

check('every-message-under-64-kib', async () => {
  const result = await synthesize({ accept: 'audio/wav;rate=192000', text: `${TEXT} `.repeat(20) });
  completed(result);
  const largest = Math.max(...result.events.filter(([kind]) => kind === 'audio').map(([, data]) => data.length));
  expect(largest <= 65536, `an audio message of ${largest} bytes`);
});

check('wav-header-can-be-repaired', async () => {
  const result = await synthesize({ accept: 'audio/wav' });
  const repaired = service().repairWavHeader(Buffer.from(result.audio));
  equal('RIFF size', repaired.readUInt32LE(4), repaired.length - 8);
  equal('data chunk', repaired.toString('latin1', 36, 40), 'data');
  equal('data size', repaired.readUInt32LE(40), repaired.length - 44);
  hear(repaired, 'wav');
});

check('word-timings', async () => {
  const result = await synthesize({ accept: 'audio/wav', timings: ['words'] });
  completed(result);
  const words = result.named('words').flatMap((json) => json.words);
  equal('words', words.map(([word]) => word), TEXT.split(' '));
  const { seconds } = heard(result, 'audio/wav', 'pcm_s16le', 22050);
  let previous = 0;
  for (const [word, start, end] of words) {
    expect(previous <= start && start < end, `time runs backwards at ${word}`);
    previous = end;
  }
  expect(previous <= seconds + 0.05, `last word ends at ${previous} of ${seconds} s`);
  const firstAudio = result.events.findIndex(([kind]) => kind === 'audio');
  const firstWords = result.events.findIndex(([kind]) => kind === 'words');
  expect(firstWords < firstAudio, 'audio before the first word timing');
});

check('marks', async () => {
  const text = 'This is a <mark name="SIMPLE"/>simple <mark name="EXAMPLE"/> example.';
  const result = await synthesize({ accept: 'audio/wav', text });
  completed(result);
  const marks = result.named('marks').map((json) => json.marks);
  equal('pairs per message', marks.map((pairs) => pairs.length), [1, 1]);
  equal('names', marks.map(([[name]]) => name), ['SIMPLE', 'EXAMPLE']);
  const { seconds } = heard(result, 'audio/wav', 'pcm_s16le', 22050);
  const [first, second] = marks.map(([[, at]]) => at);
  expect(first > 0 && first < second && second <= seconds, `marks at ${first}, ${second} of ${seconds} s`);
});

check('warning-for-an-unknown-field', async () => {
  const result = await synthesize({ accept: 'audio/wav' }, { 'invalid-parameter': 1 });
  completed(result);
  equal('warnings', result.named('warnings'), [{ warnings: 'Unknown arguments: invalid-parameter.' }]);
});

check('error-unsupported-mimetype', async () => {
  for (const accept of ['audio/ogg;codecs=vorbis', 'audio/webm;codecs=vorbis', 'audio/x-unknown']) {
    failed(await synthesize({ accept }), /^Unsupported mimetype\.\s+Supported mimetypes are: \['application\/json', 'audio\/flac'/);
  }
});

check('error-missing-text', async () => {
  failed(await synthesize({ accept: 'audio/wav', text: undefined }), /^Required parameter "text" is missing\.$/);
});

check('error-text-over-5120-bytes', async () => {
  failed(await synthesize({ accept: 'audio/wav', text: 'x'.repeat(5121) }), /./);
});

check('fragmented-text-over-16-kib', async () => {
  // This client cuts a message above 16 384 bytes into frames, so the limit must be applied to the whole.
  failed(await synthesize({ accept: 'audio/wav', text: 'word '.repeat(8000) }), /./);
});

check('error-rate-missing', async () => {
  failed(await synthesize({ accept: 'audio/l16' }), /./);
});

check('handshake-401-and-404', async () => {
  for (const [options, settings] of [
    [{ authenticator: new NoAuthAuthenticator() }, {}],
    [{}, { voice: 'xx-XX_NobodyV3Voice' }],
  ]) {
    const result = await synthesize({ accept: 'audio/wav', ...settings }, {}, options);
    equal('errors', result.errors.map((error) => error.name), ['WebSocket connection error']);
    equal('close', result.closes[0][0], 1006);
    equal('audio', result.audio.length, 0);
  }
});

check('token-in-the-query', async () => {
  completed(await synthesize({ accept: 'audio/wav', accessToken: TOKEN }, {}, { authenticator: new NoAuthAuthenticator() }));
});

check('documented-query-parameters', async () => {
  const result = await synthesize({
    accept: 'audio/wav', voice: 'en-US_AllisonV3Voice', xWatsonMetadata: 'customer_id=my_ID', xWatsonLearningOptOut: true,
    ratePercentage: 10, pitchPercentage: -5, customizationId: '9f5a8c1e-0000-4000-8000-000000000001',
  });
  completed(result);
  equal('warnings', result.named('warnings'), []);
});

check('http-synthesize', async () => {
  const tts = service();
  for (const [accept, type] of [['audio/wav', 'audio/wav'], ['audio/mp3', 'audio/mpeg']]) {
    const { status, headers, result } = await tts.synthesize({ text: TEXT, accept, voice: 'en-US_LisaV3Voice' });
    equal('status', status, 200);
    equal('content type', headers['content-type'], type);
    hear(await collect(result), type === 'audio/wav' ? 'wav' : 'mp3');
  }
});

check('http-errors', async () => {
  for (const [status, params] of [[404, { voice: 'nobody' }], [406, { accept: 'audio/l16' }], [400, { text: 'a < b' }]]) {
    const code = await service().synthesize({ text: TEXT, accept: 'audio/wav', ...params }).then(() => 200, (error) => error.code);
    equal(JSON.stringify(params), code, status);
  }
});

check('voices', async () => {
  const { voices } = (await service().listVoices()).result;
  expect(voices.length >= 47, `${voices.length} voices`);
  equal('voice', (await service().getVoice({ voice: 'en-US_LisaV3Voice' })).result.gender, 'female');
});

check('iam-and-cp4d', async () => {
  for (const authenticator of [
    new IamAuthenticator({ apikey: TOKEN, url: http(URL) }),
    new CloudPakForDataAuthenticator({ username: 'somebody', password: 'something', url: http(URL) }),
    new CloudPakForDataAuthenticator({ username: 'somebody', apikey: TOKEN, url: `${http(URL)}/icp4d-api` }),
  ]) await signsIn(URL, authenticator);
});

strict('iam', async () => {
  await signsIn(STRICT_URL, new IamAuthenticator({ apikey: 'matrix-api-key', url: http(STRICT_URL) }));
  await doesNotSignIn(new IamAuthenticator({ apikey: 'nonsense', url: http(STRICT_URL) }));
});

strict('cp4d', async () => {
  const url = http(STRICT_URL);
  await signsIn(STRICT_URL, new CloudPakForDataAuthenticator({ username: 'matrix', password: 'matrix-password', url }));
  await signsIn(STRICT_URL, new CloudPakForDataAuthenticator({ username: 'x', apikey: 'matrix-api-key', url }));
  await doesNotSignIn(new CloudPakForDataAuthenticator({ username: 'matrix', password: 'nonsense', url }));
});

// One object for both: a session on the socket, a synthesis and a list over HTTP.
async function signsIn(url, authenticator) {
  completed(await synthesize({ accept: 'audio/wav' }, {}, { authenticator, url }));
  const tts = service({ authenticator, url });
  hear(await collect((await tts.synthesize({ text: TEXT, accept: 'audio/wav' })).result), 'wav');
  expect((await tts.listVoices()).result.voices.length, 'no voices');
}

async function doesNotSignIn(authenticator) {
  const error = await service({ authenticator, url: STRICT_URL }).listVoices().then(() => null, (reason) => reason);
  expect(error, 'the sign-in was accepted');
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function http(url) {
  return url.replace(/^ws/, 'http');
}

function service(options = {}) {
  const authenticator = options.authenticator || new BearerTokenAuthenticator({ bearerToken: TOKEN });
  return new TextToSpeechV1({ authenticator, serviceUrl: http(options.url || URL) });
}

// One request; resolves at the first close. `extra` members are added to the message on its way to the socket.
function synthesize(params, extra = {}, options = {}) {
  const stream = service(options).synthesizeUsingWebSocket({ text: TEXT, ...params });
  const result = {
    events: [], errors: [], closes: [],
    get audio() {
      return Buffer.concat(this.events.filter(([kind]) => kind === 'audio').map(([, data]) => data));
    },
    named(kind) {
      return this.events.filter(([name]) => name === kind).map(([, json]) => json);
    },
  };
  const initialize = stream.initialize;
  stream.initialize = function () {
    initialize.call(this);
    const { socket } = this;
    const send = socket.send.bind(socket);
    socket.send = (text) => send(JSON.stringify({ ...JSON.parse(text), ...extra }));
  };
  for (const kind of ['binary_streams', 'marks', 'words', 'warnings']) {
    stream.on(kind, (_, json) => result.events.push([kind, json]));
  }
  stream.on('message', (_, data) => Buffer.isBuffer(data) && result.events.push(['audio', data]));
  stream.on('error', (error) => result.errors.push(error));
  stream.on('data', () => {});
  stream.getTransactionId().then((id) => { result.transactionId = id; }, () => {});
  return new Promise((resolve) => {
    stream.on('close', (...close) => {
      result.closes.push(close);
      if (result.closes.length === 1) setTimeout(() => resolve(result), 20);
    });
  });
}

function completed(result) {
  equal('errors', result.errors.map(String), []);
  equal('binary_streams messages', result.named('binary_streams').length, 1);
  equal('first message', result.events[0][0], 'binary_streams');
  equal('close code', result.closes[0][0], 1000);
}

function failed(result, pattern) {
  equal('errors', result.errors.length, 1);
  expect(pattern.test(result.errors[0].message), `error ${JSON.stringify(result.errors[0].message)}`);
  equal('close', result.closes[0], [1011, REASON]);
  equal('messages beside the error', result.events, []);
}

function heard(result, accept, codec, rate) {
  const base = accept.split(';')[0].split('/')[1];
  if (codec.startsWith('raw:')) return hear(result.audio, base, codec.slice(4), rate);
  const found = hear(result.audio, { '*': 'ogg', mpeg: 'mp3' }[base] || base);
  equal('codec', found.codec, codec);
  return found;
}

run();
