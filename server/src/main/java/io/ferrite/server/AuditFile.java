package io.ferrite.server;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.ferrite.node.Audit;
import io.ferrite.node.config.ConfigRefusal;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Writes the audit log where {@code audit-log-file} says, also when CONFIG SET changes it.
 * Thread-safe.
 */
final class AuditFile implements AutoCloseable {

    private final Audit audit;
    private final Function<String, Path> paths;

    /** Null until something is audited. */
    private LogWriter writer;

    /**
     * @param paths what a relative path means
     */
    AuditFile(Audit audit, Function<String, Path> paths) {
        this.audit = audit;
        this.paths = paths;
    }

    /**
     * Audits as the settings say, from now on and whenever they change.
     *
     * @throws ConfigRefusal if the file cannot be written to
     */
    void begin(Settings settings) {
        change(settings);
        settings.onChange(this::change, ServerOptions.AUDIT_LOG_FILE);
    }

    private synchronized void change(Settings now) {
        String name = now.get(ServerOptions.AUDIT_LOG_FILE);
        if (name.isEmpty()) {
            audit.useSink(null);
            return;
        }
        Path file = paths.apply(name);
        try (OutputStream out = Files.newOutputStream(file, CREATE, APPEND)) {
            out.flush(); // it can be written to
        } catch (IOException e) {
            throw new ConfigRefusal("Can't open the audit log " + file + ": " + e.getMessage());
        }
        if (writer == null) {
            writer = new LogWriter();
        }
        writer.useFile(file);
        audit.useSink(writer);
    }

    /** Waits for what is to be written, two seconds at most. */
    @Override
    public synchronized void close() {
        if (writer != null) {
            writer.close();
        }
    }
}
