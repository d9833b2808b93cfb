package io.ferrite.node.persistence.aof;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.coordination.log.BacklogWindow;
import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.log.StreamSource;
import io.ferrite.durability.aof.AofPart;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.config.ReplicationOptions;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Where in the append-only file which bytes of the log are, so that a follower that was away for
 * longer than the memory's backlog goes on from the disk (repl-backlog-disk-size).
 *
 * <pre>
 *   log      |---------------------------------------------------------|  end
 *   memory                                       |=====================|
 *   files    |== 1.incr ==|====== 2.incr ======|===== 3.incr ======|      written
 *            kept though rewritten             loaded at the next start
 * </pre>
 *
 * <p>Files that a rewrite made superfluous stay as history while they hold some of the last
 * repl-backlog-disk-size bytes, or a follower reads them. Any thread; what is locked here is held
 * for no longer than a list takes.
 */
public final class DiskBacklog {

    private final Node node;
    private final AppendOnly appendOnly;
    private final ArrayDeque<AofSpan> spans = new ArrayDeque<>();
    private final Set<DiskSource> sources = new HashSet<>();

    /** What the stream was called where the loaded files begin. */
    private String firstStream;

    /** Whether nobody has looked yet what the files of the history hold. */
    private boolean historyUnread;

    DiskBacklog(Node node, AppendOnly appendOnly) {
        this.node = node;
        this.appendOnly = appendOnly;
    }

    /** {@code repl-backlog-disk-size}. */
    long limit() {
        return node.settings().get(ReplicationOptions.REPL_BACKLOG_DISK_SIZE);
    }

    // --- what is where ---------------------------------------------------------------------------

    /** See {@link WriterHost#wrote}. */
    synchronized void wrote(String name, long offset, long place, int length) {
        if (limit() == 0) {
            spans.clear();
            return;
        }
        AofSpan last = spans.peekLast();
        if (last != null && last.goesOnWith(name, offset, place)) {
            spans.removeLast();
            spans.addLast(last.longer(length));
            return;
        }
        if (last != null && last.end() != offset) {
            clear();
        }
        spans.addLast(new AofSpan(name, offset, place, length));
        forget(needed());
    }

    /** What files that were loaded hold. */
    synchronized void restore(AofIndex loaded) {
        spans.clear();
        spans.addAll(loaded.spans());
        firstStream = loaded.firstStream();
        historyUnread = true;
    }

    /** Looks for what comes before in files that are loaded no more. May take long. */
    void readHistory(List<AofPart> history) {
        List<AofPart> files = new ArrayList<>(history);
        files.removeIf(part -> !part.isIncrement());
        files.sort(Comparator.comparingLong(AofPart::sequence));
        AofIndex older = new AofIndex();
        for (AofPart part : limit() == 0 ? List.<AofPart>of() : files) {
            try (DiskFile file = openFile(part.name())) {
                older.scan(part.name(), file);
            } catch (IOException e) {
                node.log().warning("Can't read " + part.name() + ": " + e.getMessage());
                older = new AofIndex();
            }
        }
        prepend(older);
    }

    private synchronized void prepend(AofIndex older) {
        historyUnread = false;
        AofSpan last = older.spans().peekLast();
        AofSpan first = spans.peekFirst();
        if (last != null
                && first != null
                && last.end() == first.offset()
                && older.lastStream().equals(firstStream)) {
            older.spans().descendingIterator().forEachRemaining(spans::addFirst);
        }
    }

    /** The log is written to a file from {@code offset} on. */
    synchronized void begin(long offset) {
        if (!spans.isEmpty() && spans.getLast().end() != offset) {
            clear();
        }
    }

    /** What the files hold is not the log's past any more: nobody goes on from there. */
    synchronized void clear() {
        spans.clear();
        List<DiskSource> read = List.copyOf(sources);
        sources.clear();
        read.forEach(DiskSource::cut);
    }

    /** The oldest byte that is to be kept. */
    private long needed() {
        long first = spans.isEmpty() ? 0 : Math.max(0, spans.getLast().end() - limit());
        for (DiskSource source : sources) {
            first = Math.min(first, source.offset());
        }
        return first;
    }

    private void forget(long before) {
        while (!spans.isEmpty() && spans.getFirst().end() <= before) {
            spans.removeFirst();
        }
    }

    /** Whether a file holds bytes that somebody may still want. */
    synchronized boolean needs(String name) {
        if (limit() == 0 && sources.isEmpty()) {
            return false;
        }
        if (historyUnread) {
            return true;
        }
        long before = needed();
        forget(before);
        for (AofSpan span : spans) {
            if (span.name().equals(name) && span.end() > before) {
                return true;
            }
        }
        return false;
    }

    /** The lines of INFO replication. */
    public void info(BiConsumer<String, String> line) {
        BacklogWindow window = widen(node.parts().commandLog().window());
        long memory = node.parts().commandLog().window().historyLength();
        long bytes = limit() == 0 ? 0 : Math.max(0, window.historyLength() - memory);
        line.accept("repl_backlog_disk_size", Long.toString(limit()));
        line.accept(
                "repl_backlog_disk_first_byte_offset",
                Long.toString(bytes == 0 ? 0 : window.firstByteOffset()));
        line.accept("repl_backlog_disk_histlen", Long.toString(bytes));
    }

    // --- for followers ---------------------------------------------------------------------------

    /** What followers may ask for, if it is this in memory. */
    public synchronized BacklogWindow widen(BacklogWindow memory) {
        if (!memory.active() || limit() == 0 || spans.isEmpty() || !appendOnly.isOn()) {
            return memory;
        }
        long first = Math.max(spans.getFirst().offset(), memory.end() - limit());
        return first >= memory.first() || spans.getLast().end() < memory.first()
                ? memory
                : new BacklogWindow(true, memory.size(), first, memory.end());
    }

    /**
     * The stream from a place on that may be in the files alone.
     *
     * @param wake see {@link CommandLog#openReader}
     * @throws IllegalArgumentException if it is not there any more
     */
    public synchronized StreamSource open(long offset, Runnable wake) {
        if (find(offset) == null) {
            throw new IllegalArgumentException("offset " + offset + " is not in the files");
        }
        DiskSource source = new DiskSource(this, node.parts().commandLog(), offset, wake);
        sources.add(source);
        return source;
    }

    /** The source reads from memory now, or not at all. */
    synchronized void leave(DiskSource source) {
        sources.remove(source);
    }

    /** The bytes from {@code offset} on, or null if they are in no file. */
    synchronized AofSpan find(long offset) {
        for (AofSpan span : spans) {
            if (offset >= span.offset() && offset < span.end()) {
                return span;
            }
        }
        return null;
    }

    /** Behind the last byte that is in a file. */
    synchronized long end() {
        return spans.isEmpty() ? -1 : spans.getLast().end();
    }

    /** A file cannot be read: what is in it, or before, is nobody's any more. */
    synchronized void lost(AofSpan span, IOException why) {
        node.log().warning("Can't read the backlog from " + span.name() + ": " + why.getMessage());
        forget(span.end());
    }

    DiskFile openFile(String name) throws IOException {
        return environment().disk().open(appendOnly.directory().path(name), Disk.Mode.READ);
    }

    Environment environment() {
        return node.environment();
    }
}
