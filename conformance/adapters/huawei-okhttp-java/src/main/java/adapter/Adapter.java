package adapter;

import static adapter.Contract.env;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.json.JSONArray;
import org.json.JSONObject;

/** OkHttp, the library of the vendor's Java pages: START, audio or text, END. */
public final class Adapter extends WebSocketListener {
  private static final int WAV_HEADER = 44;
  private static final int CHUNK = 3200;

  private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
  private final ByteArrayOutputStream audio = new ByteArrayOutputStream();
  private final TreeMap<Integer, String> finals = new TreeMap<>();
  private final byte[] input;
  private final boolean recognizes;
  private byte[] output;

  private Adapter(byte[] input, boolean recognizes) {
    this.input = input;
    this.recognizes = recognizes;
  }

  public static void main(String[] args) throws Exception {
    String endpoint = env("MYNAH_ENDPOINT");
    boolean recognizes = endpoint.matches("huawei/rasr-(short|sentence|continue)-stream");
    String operation = recognizes ? "recognize" : "synthesize";
    if (!(recognizes || endpoint.equals("huawei/rtts")) || !operation.equals(env("MYNAH_OP"))) {
      Contract.unsupported();
    }
    String path = endpoint.replace("huawei/", "").replace("rasr-", "rasr/");
    Request request = new Request.Builder()
        .url(env("MYNAH_URL") + "/v1/mynah/" + path)
        .addHeader("X-Auth-Token", env("MYNAH_TOKEN"))
        .build();
    Adapter adapter = new Adapter(Files.readAllBytes(Path.of(env("MYNAH_IN"))), recognizes);
    OkHttpClient client = new OkHttpClient();
    client.newWebSocket(request, adapter);
    Contract.end(adapter.answer);
  }

  @Override
  public void onOpen(WebSocket socket, Response response) {
    int kilo = Integer.parseInt(env("MYNAH_RATE")) / 1000;
    JSONObject config = new JSONObject();
    JSONObject start = new JSONObject().put("command", "START").put("config", config);
    if (recognizes) {
      config.put("audio_format", format("pcm" + kilo + "k16bit")).put("property", "chinese_" + kilo + "k_general");
    } else {
      config.put("audio_format", format("pcm")).put("property", "chinese_xiaoyan_common");
      config.put("sample_rate", env("MYNAH_RATE"));
      start.put("text", new String(input, StandardCharsets.UTF_8));
    }
    socket.send(start.toString());
  }

  @Override
  public void onMessage(WebSocket socket, ByteString bytes) {
    audio.writeBytes(bytes.toByteArray());
  }

  @Override
  public void onMessage(WebSocket socket, String text) {
    try {
      take(socket, new JSONObject(text));
    } catch (RuntimeException error) {
      fail(socket, error.toString());
    }
  }

  private void take(WebSocket socket, JSONObject message) {
    switch (message.getString("resp_type")) {
      case "START" -> {
        if (recognizes) {
          sendAudio(socket);
        }
      }
      case "RESULT" -> note(message.optJSONArray("segments"));
      case "ERROR", "FATAL_ERROR" ->
          fail(socket, message.getString("error_code") + ": " + message.getString("error_msg"));
      case "END" -> {
        if (!message.getString("reason").equals("NORMAL")) {
          fail(socket, "ended with " + message.getString("reason"));
          return;
        }
        String said = String.join("", finals.values());
        output = recognizes ? said.getBytes(StandardCharsets.UTF_8) : audio.toByteArray();
        socket.close(1000, null);
      }
      default -> { }
    }
  }

  private void sendAudio(WebSocket socket) {
    for (int at = WAV_HEADER; at < input.length; at += CHUNK) {
      socket.send(ByteString.of(Arrays.copyOfRange(input, at, Math.min(at + CHUNK, input.length))));
    }
    socket.send("{\"command\": \"END\", \"cancel\": false}");
  }

  private void note(JSONArray segments) {
    for (int n = 0; segments != null && n < segments.length(); n++) {
      JSONObject segment = segments.getJSONObject(n);
      if (segment.getBoolean("is_final")) {
        finals.put(segment.getInt("start_time"), segment.getJSONObject("result").getString("text"));
      }
    }
  }

  @Override
  public void onClosing(WebSocket socket, int code, String reason) {
    socket.close(1000, null);
    if (output == null) {
      fail(socket, "closed with " + code + " before END");
    }
  }

  @Override
  public void onClosed(WebSocket socket, int code, String reason) {
    if (output != null) {
      answer.complete(output);
    }
  }

  @Override
  public void onFailure(WebSocket socket, Throwable error, Response response) {
    fail(socket, error.getMessage() + (response == null ? "" : ": " + response.code()));
  }

  private void fail(WebSocket socket, String text) {
    answer.completeExceptionally(new IllegalStateException(text));
    socket.cancel();
  }

  private static String format(String usual) {
    return env("MYNAH_FORMAT").isEmpty() ? usual : env("MYNAH_FORMAT");
  }
}
