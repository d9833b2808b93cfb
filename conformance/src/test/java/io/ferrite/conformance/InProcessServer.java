package io.ferrite.conformance;

import io.ferrite.node.config.ConfigFiles;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLevel;
import io.ferrite.server.FerriteServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * A server of ours in this process, at a free port, with memory checked where the tests' JVM says
 * so. It reads and writes no file. What it has to warn of goes to standard error.
 */
final class InProcessServer implements AutoCloseable {

    private final FerriteServer server;
    private final int port;

    InProcessServer(int loops) throws IOException {
        this(loops, settings -> {}, new NoFiles());
    }

    /** With these settings; listens encrypted if they name a certificate. */
    InProcessServer(int loops, Consumer<Settings> setUp, ConfigFiles files) throws IOException {
        Settings settings = new Settings();
        settings.put(NetworkOptions.IO_THREADS, (long) loops);
        settings.put(PersistenceOptions.SAVE, List.of());
        setUp.accept(settings);
        Log log =
                new Log(
                        (level, text, message) -> System.err.print(text),
                        System::currentTimeMillis,
                        0,
                        LogLevel.WARNING,
                        'M');
        server = new FerriteServer(settings, new ConfigService(settings, files, log, ""), log);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        boolean encrypted = !settings.get(TlsOptions.TLS_CERT_FILE).isEmpty();
        port = (encrypted ? server.listenEncrypted(any) : server.listen(any)).port();
        server.node().start();
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        server.close();
    }

    /** A machine without files. */
    static class NoFiles implements ConfigFiles {

        @Override
        public String workingDirectory() {
            return "/";
        }

        @Override
        public String read(String directory, String path) throws IOException {
            throw new IOException("No such file or directory");
        }

        @Override
        public String readIfPresent(String path) {
            return "";
        }

        @Override
        public String readStandardInput() {
            return "";
        }

        @Override
        public List<String> glob(String directory, String pattern) {
            return List.of();
        }

        @Override
        public String enter(String directory, String path) {
            return path;
        }

        @Override
        public void checkAppendable(String directory, String path) {}

        @Override
        public void replace(String path, String content) throws IOException {
            throw new IOException("Read-only file system");
        }
    }
}
