package adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** What an adapter is told in its environment, and how it ends. */
final class Contract {
  private static final int UNSUPPORTED = 127;

  private Contract() { }

  /** A variable; empty if it is not set. */
  static String env(String name) {
    return System.getenv().getOrDefault(name, "");
  }

  /** Ends an adapter that is not for this endpoint. */
  static void unsupported() {
    System.exit(UNSUPPORTED);
  }

  /** Ends an adapter with what comes of its client: the output, or the error that it reports. */
  static void end(Future<byte[]> answer) throws IOException, InterruptedException {
    try {
      Files.write(Path.of(env("MYNAH_OUT")), answer.get());
    } catch (ExecutionException error) {
      System.err.println(error.getCause().getMessage());
      System.exit(1);
    }
    System.exit(0);
  }
}
