package client;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.json.JSONObject;

/** Huawei SIS through OkHttp: the vendor's Java pages (START, the whole file in one frame, END, no waiting). */
public final class Driver {
  private static final String URL = env("MYNAH_URL", "ws://127.0.0.1:7070").replaceAll("/+$", "");
  private static final String TOKEN = env("MYNAH_TOKEN", "client-matrix");
  private static final String BASE = URL + "/v1/0123456789abcdef0123456789abcdef";
  private static final String SHORT_START =
      "{\"command\": \"START\", \"config\": {\"audio_format\": \"pcm8k16bit\", \"property\": \"chinese_8k_common\"}}";

  private interface Check {
    void run() throws Exception;
  }

  private static final Map<String, Check> CHECKS = new LinkedHashMap<>();

  static {
    CHECKS.put("rtts-page-flow", Driver::rttsPageFlow);
    CHECKS.put("short-stream-page-flow", Driver::shortStreamPageFlow);
    CHECKS.put("short-stream-twice-on-one-connection", Driver::shortStreamTwice);
    CHECKS.put("short-stream-cancel", Driver::shortStreamCancel);
    CHECKS.put("whole-file-over-the-frame-limit", Driver::frameTooLarge);
    CHECKS.put("pings-are-answered", Driver::pings);
    CHECKS.put("missing-token-401", Driver::missingToken);
    CHECKS.put("misprinted-path-404", Driver::misprintedPath);
    CHECKS.put("bad-voice-error", Driver::badVoice);
  }

  private Driver() {}

  // ---- the vendor's pages ----------------------------------------------------------------------------------------

  private static void rttsPageFlow() throws Exception {
    try (Session session = new Session("/rtts", TOKEN)) {
      session.socket.send("{\"command\": \"START\", \"text\":\"今天天气很好。\", \"config\": "
          + "{\"audio_format\": \"pcm\", \"property\": \"chinese_xiaoyu_common\"}}");
      List<JSONObject> messages = session.untilEnd();
      session.closed();
      equal("messages", types(messages), "[START, END]");
      equal("reason", messages.get(1).getString("reason"), "NORMAL");
      hear(session.audio.toByteArray(), 8000);
    }
  }

  private static void shortStreamPageFlow() throws Exception {
    try (Session session = new Session("/rasr/short-stream", TOKEN)) {
      session.socket.send(SHORT_START);
      session.socket.send(ByteString.of(tone(1.9)));
      session.socket.send("{  \"command\": \"END\",  \"cancel\": false}");
      recognised(session.untilEnd());
      session.closed();
    }
  }

  // ---- beyond the pages ------------------------------------------------------------------------------------------

  private static void shortStreamTwice() throws Exception {
    try (Session session = new Session("/rasr/short-stream", TOKEN)) {
      for (int n = 0; n < 2; n++) {
        session.socket.send(SHORT_START);
        session.socket.send(ByteString.of(tone(1.0)));
        session.socket.send("{\"command\": \"END\", \"cancel\": \"false\"}");
        recognised(session.untilEnd());
      }
      session.closed();
    }
  }

  private static void shortStreamCancel() throws Exception {
    try (Session session = new Session("/rasr/short-stream", TOKEN)) {
      session.socket.send(SHORT_START);
      session.socket.send(ByteString.of(tone(1.0)));
      session.socket.send("{\"command\": \"END\", \"cancel\": true}");
      List<JSONObject> messages = session.untilEnd();
      equal("messages", types(messages), "[START, END]");
      equal("reason", messages.get(1).getString("reason"), "CANCEL");
    }
  }

  private static void frameTooLarge() throws Exception {
    try (Session session = new Session("/rasr/short-stream", TOKEN)) {
      session.socket.send(SHORT_START);
      session.socket.send(ByteString.of(tone(2.5)));
      List<JSONObject> messages = session.untilEnd();
      equal("messages", types(messages), "[START, ERROR, END]");
      equal("reason", messages.get(2).getString("reason"), "ERROR");
    }
  }

  private static void pings() throws Exception {
    // A missing pong makes OkHttp fail the socket at the next interval.
    try (Session session = new Session("/rasr/short-stream", TOKEN, Duration.ofMillis(200))) {
      // Between two pings: OkHttp fails its own socket if a ping falls due behind its close.
      Thread.sleep(1100);
      session.socket.send(SHORT_START);
      session.socket.send(ByteString.of(tone(1.0)));
      session.socket.send("{\"command\": \"END\", \"cancel\": false}");
      recognised(session.untilEnd());
      session.closed();
    }
  }

  private static void missingToken() throws Exception {
    for (String token : new String[] {null, ""}) {
      try (Session session = new Session("/rtts", token)) {
        equal("failure", session.next(), "failure 401");
        contains(session.body, "APIG.0301");
      }
    }
  }

  private static void misprintedPath() throws Exception {
    try (Session session = new Session("/asr/short-stream", TOKEN)) {
      equal("failure", session.next(), "failure 404");
      contains(session.body, "APIG.0101");
    }
  }

  private static void badVoice() throws Exception {
    try (Session session = new Session("/rtts", TOKEN)) {
      session.socket.send("{\"command\":\"START\",\"text\":\"你好\",\"config\":{\"property\":\"klingon_worf_common\"}}");
      JSONObject error = new JSONObject(session.next());
      equal("answer", error.getString("resp_type") + " " + error.getString("error_code"), "ERROR SIS.0411");
    }
  }

  // ---- plumbing --------------------------------------------------------------------------------------------------

  /** One WebSocket with the listener of the vendor's pages; what it hears is queued as text. */
  private static final class Session extends WebSocketListener implements AutoCloseable {
    final OkHttpClient client;
    final WebSocket socket;
    final ByteArrayOutputStream audio = new ByteArrayOutputStream();
    final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    volatile String body = "";

    Session(String path, String token) {
      this(path, token, Duration.ZERO);
    }

    Session(String path, String token, Duration pingInterval) {
      client = new OkHttpClient.Builder().pingInterval(pingInterval).build();
      Request.Builder request = new Request.Builder().url(BASE + path);
      if (token != null) {
        request.header("X-Auth-Token", token);
      }
      socket = client.newWebSocket(request.build(), this);
    }

    @Override
    public void onMessage(WebSocket webSocket, String text) {
      events.add(text);
    }

    @Override
    public void onMessage(WebSocket webSocket, ByteString bytes) {
      audio.writeBytes(bytes.toByteArray());
    }

    @Override
    public void onClosed(WebSocket webSocket, int code, String reason) {
      events.add("closed " + code);
    }

    @Override
    public void onFailure(WebSocket webSocket, Throwable failure, Response response) {
      if (response == null) {
        events.add("failure " + failure);
        return;
      }
      try {
        body = response.body() == null ? "" : response.body().string();
      } catch (Exception error) {
        body = error.toString();
      }
      events.add("failure " + response.code());
    }

    String next() throws Exception {
      String event = events.poll(15, TimeUnit.SECONDS);
      if (event == null) {
        throw new Exception("nothing arrived within 15 s");
      }
      return event;
    }

    List<JSONObject> untilEnd() throws Exception {
      List<JSONObject> messages = new ArrayList<>();
      while (messages.isEmpty() || !messages.get(messages.size() - 1).getString("resp_type").equals("END")) {
        String event = next();
        if (!event.startsWith("{")) {
          throw new Exception(event + " after " + types(messages));
        }
        messages.add(new JSONObject(event));
        messages.get(messages.size() - 1).getString("trace_id");
      }
      return messages;
    }

    /** Closes as the pages do, and waits for the server's answer. */
    void closed() throws Exception {
      socket.close(1000, null);
      equal("after close(1000)", next(), "closed 1000");
    }

    @Override
    public void close() {
      socket.cancel();
      client.dispatcher().executorService().shutdownNow();
      client.connectionPool().evictAll();
    }
  }

  private static void recognised(List<JSONObject> messages) throws Exception {
    equal("messages", types(messages), "[START, RESULT, END]");
    equal("reason", messages.get(2).getString("reason"), "NORMAL");
    JSONObject segment = messages.get(1).getJSONArray("segments").getJSONObject(0);
    if (!segment.getBoolean("is_final") || segment.getJSONObject("result").getString("text").isBlank()) {
      throw new Exception("segment " + segment);
    }
  }

  private static List<String> types(List<JSONObject> messages) {
    return messages.stream().map(message -> message.getString("resp_type")).toList();
  }

  /** 8 kHz, 16 bit, one channel. */
  private static byte[] tone(double seconds) {
    byte[] pcm = new byte[(int) (seconds * 8000) * 2];
    for (int n = 0; n < pcm.length / 2; n++) {
      int level = (int) (9000 * Math.sin(2 * Math.PI * 220 * n / 8000));
      pcm[2 * n] = (byte) level;
      pcm[2 * n + 1] = (byte) (level >> 8);
    }
    return pcm;
  }

  /** Fails unless an independent decoder hears one audible channel. */
  private static void hear(byte[] pcm, int rate) throws Exception {
    Path file = Files.createTempFile("client-", ".pcm");
    try {
      Files.write(file, pcm);
      String probe = new File(env("MYNAH_COMMON", "../common"), "probe.py").getPath();
      Process process = new ProcessBuilder("python3", probe, file.toString(), "--raw", "s16le", "--rate", "" + rate)
          .redirectErrorStream(true).start();
      String words = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new Exception(pcm.length + " bytes do not decode: " + words);
      }
      JSONObject heard = new JSONObject(words);
      if (heard.getDouble("seconds") < 0.1 || heard.getDouble("peak") < 0.01 || heard.getDouble("rms") < 0.001) {
        throw new Exception("not audible: " + heard);
      }
    } finally {
      Files.delete(file);
    }
  }

  private static void equal(String what, Object found, Object expected) throws Exception {
    if (!found.toString().equals(expected.toString())) {
      throw new Exception(what + ": " + found + ", expected " + expected);
    }
  }

  private static void contains(String text, String part) throws Exception {
    if (!text.contains(part)) {
      throw new Exception("'" + text + "' lacks " + part);
    }
  }

  private static String env(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }

  public static void main(String[] args) {
    int failed = 0;
    for (Map.Entry<String, Check> check : CHECKS.entrySet()) {
      if (args.length > 0 && !Set.of(args).contains(check.getKey())) {
        continue;
      }
      try {
        check.getValue().run();
        System.out.println("ok " + check.getKey());
      } catch (Exception error) {
        failed++;
        System.out.println("not ok " + check.getKey() + ": " + String.valueOf(error.getMessage()).replaceAll("\\s+", " "));
      }
    }
    System.exit(failed > 0 ? 1 : 0);
  }
}
