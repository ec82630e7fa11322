// The vendor's SDK for Node: synthesizeUsingWebSocket, a stream.
'use strict';

const fs = require('fs');
const TextToSpeechV1 = require('ibm-watson/text-to-speech/v1');
const { BearerTokenAuthenticator } = require('ibm-watson/auth');

const { MYNAH_ENDPOINT, MYNAH_OP, MYNAH_URL, MYNAH_TOKEN, MYNAH_IN, MYNAH_OUT, MYNAH_FORMAT } = process.env;

if (MYNAH_ENDPOINT !== 'ibm/tts' || MYNAH_OP !== 'synthesize') process.exit(127);

const service = new TextToSpeechV1({
  authenticator: new BearerTokenAuthenticator({ bearerToken: MYNAH_TOKEN }),
  serviceUrl: MYNAH_URL.replace(/^ws/, 'http'),
});
const stream = service.synthesizeUsingWebSocket({
  text: fs.readFileSync(MYNAH_IN, 'utf8'),
  accept: MYNAH_FORMAT || '*/*',
});
const chunks = [];
let failure;

stream.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
stream.on('error', (error) => {
  failure = failure || error;
});
stream.on('message', (_, data) => {
  // The SDK passes the service's errors on as messages.
  if (Buffer.isBuffer(data)) return;
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  if (/"error"/.test(text)) failure = failure || new Error(text);
});
stream.on('close', (code, reason) => {
  if (code !== undefined && code !== 1000) failure = failure || new Error(`closed with ${code} ${reason || ''}`);
  if (failure) {
    console.error(String(failure.message || failure));
    process.exit(1);
  }
  fs.writeFileSync(MYNAH_OUT, Buffer.concat(chunks));
  process.exit(0);
});
