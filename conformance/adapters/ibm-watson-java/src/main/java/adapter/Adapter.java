package adapter;

import static adapter.Contract.env;

import com.ibm.cloud.sdk.core.security.BearerTokenAuthenticator;
import com.ibm.watson.text_to_speech.v1.TextToSpeech;
import com.ibm.watson.text_to_speech.v1.model.SynthesizeOptions;
import com.ibm.watson.text_to_speech.v1.websocket.BaseSynthesizeCallback;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** The vendor's SDK for Java: synthesizeUsingWebSocket and its callback. */
public final class Adapter extends BaseSynthesizeCallback {
  private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
  private final ByteArrayOutputStream audio = new ByteArrayOutputStream();

  public static void main(String[] args) throws Exception {
    if (!env("MYNAH_ENDPOINT").equals("ibm/tts") || !env("MYNAH_OP").equals("synthesize")) {
      Contract.unsupported();
    }
    TextToSpeech service = new TextToSpeech(new BearerTokenAuthenticator(env("MYNAH_TOKEN")));
    service.setServiceUrl(env("MYNAH_URL").replaceFirst("^ws", "http"));
    SynthesizeOptions options = new SynthesizeOptions.Builder()
        .text(Files.readString(Path.of(env("MYNAH_IN"))))
        .accept(env("MYNAH_FORMAT").isEmpty() ? "*/*" : env("MYNAH_FORMAT"))
        .build();
    Adapter adapter = new Adapter();
    service.synthesizeUsingWebSocket(options, adapter);
    Contract.end(adapter.answer);
  }

  @Override
  public void onAudioStream(byte[] bytes) {
    audio.writeBytes(bytes);
  }

  @Override
  public void onError(Exception error) {
    answer.completeExceptionally(error);
  }

  @Override
  public void onDisconnected() {
    answer.complete(audio.toByteArray());
  }
}
