package io.ferrite.server;

import io.ferrite.node.log.LogLevel;
import io.ferrite.node.log.LogSink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Appends log lines to standard output or a file, in a thread of its own.
 *
 * <p>Whoever logs only puts a line into a queue: at most {@link #MAX_QUEUED_CHARS} characters, then
 * lines are dropped and counted, and a line tells how many as soon as there is room again. A line
 * is written at once when the writer is idle. The file is opened anew when somebody moved it away.
 */
final class LogWriter implements LogSink, AutoCloseable {
    /** How much text may wait for a slow disk or a terminal that does not read. */
    static final int MAX_QUEUED_CHARS = 4 << 20;

    private record Line(LogLevel level, String text, String message) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread writer;

    // Guarded by the lock.
    private ArrayDeque<Line> queue = new ArrayDeque<>();
    private long queuedChars;
    private long dropped;
    private boolean writing;
    private boolean closed;
    private boolean discarding;
    private Path wanted;
    private Syslog syslog = Syslog.OFF;

    // Used by the writer thread only.
    private OutputStream out = standardOutput();
    private Path open;
    private Object openKey;
    private long reportedDrops;

    /** A writer to standard output. */
    LogWriter() {
        writer = new Thread(this::run, "log");
        writer.setDaemon(true);
        writer.start();
    }

    private static OutputStream standardOutput() {
        return new FileOutputStream(FileDescriptor.out);
    }

    /** From the next line on, appends to this file; to standard output when null. */
    void useFile(Path file) {
        lock.lock();
        try {
            wanted = file;
        } finally {
            lock.unlock();
        }
    }

    /** From the next line on, sends messages to the system's log too. */
    void useSyslog(Syslog to) {
        lock.lock();
        try {
            syslog = to;
        } finally {
            lock.unlock();
        }
    }

    /** From the next line on, keeps nothing of what would go to standard output. */
    void discard() {
        lock.lock();
        try {
            discarding = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void append(LogLevel level, String text, String message) {
        lock.lock();
        try {
            if (discarding && wanted == null && syslog == Syslog.OFF) {
                return;
            }
            if (closed || queuedChars + text.length() > MAX_QUEUED_CHARS) {
                dropped++;
                return;
            }
            queue.add(new Line(level, text, message));
            queuedChars += text.length();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many lines were lost because nobody could take them fast enough. */
    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until what was logged so far is written, but not longer than this. */
    void flush(long timeoutMs) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
            while ((writing || !queue.isEmpty()) && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Writes what is queued, two seconds at most; later lines are dropped. */
    @Override
    public void close() {
        flush(2000);
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        ArrayDeque<Line> batch = new ArrayDeque<>();
        while (true) {
            Path file;
            Syslog system;
            long lost;
            lock.lock();
            try {
                writing = false;
                changed.signalAll();
                while (queue.isEmpty()) {
                    if (closed) {
                        return;
                    }
                    changed.awaitUninterruptibly();
                }
                ArrayDeque<Line> empty = batch;
                batch = queue;
                queue = empty;
                queuedChars = 0;
                writing = true;
                file = wanted;
                system = syslog;
                lost = dropped;
            } finally {
                lock.unlock();
            }
            write(batch, file, system, lost);
            batch.clear();
        }
    }

    private void write(ArrayDeque<Line> batch, Path file, Syslog system, long lost) {
        StringBuilder text = new StringBuilder();
        for (Line line : batch) {
            text.append(line.text());
            if (!line.message().isEmpty()) {
                system.send(line.level(), line.message());
            }
        }
        if (lost > reportedDrops) {
            text.append("# ").append(lost - reportedDrops).append(" log lines were dropped\n");
            reportedDrops = lost;
        }
        try {
            reopen(file);
            out.write(encode(text));
        } catch (IOException e) {
            lose(batch.size());
        }
    }

    private void lose(int lines) {
        lock.lock();
        try {
            dropped += lines;
        } finally {
            lock.unlock();
        }
    }

    /** Opens the file if another one is open, or if its path names another file by now. */
    private void reopen(Path file) throws IOException {
        if (file == null) {
            if (open != null) {
                out.close();
                out = standardOutput();
                open = null;
            }
            return;
        }
        if (file.equals(open) && Objects.equals(key(file), openKey)) {
            return;
        }
        OutputStream next =
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (open != null) {
            out.close();
        }
        out = next;
        open = file;
        openKey = key(file);
    }

    /** What tells a file from another one of the same name; null if there is none. */
    private static Object key(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** Text is one byte a character, unless it has characters that are more than a byte. */
    static byte[] encode(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xFF) {
                return text.toString().getBytes(StandardCharsets.UTF_8);
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
