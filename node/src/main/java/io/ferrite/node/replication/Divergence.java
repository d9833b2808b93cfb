package io.ferrite.node.replication;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.coordination.log.LogReader;
import io.ferrite.coordination.replication.Level;
import io.ferrite.durability.rdb.GrowingSink;
import io.ferrite.memory.Memory;
import io.ferrite.node.Node;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.resp.Limits;
import io.ferrite.resp.Request;
import io.ferrite.resp.RequestDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes that this server has and its new leader has not: a former leader's last ones, after
 * another took over. They are put to a file in {@code divergence-dir} before a full copy takes the
 * data's place, for whoever may want to have them again:
 *
 * <pre>
 *   #OFFSET:1041             where the command begins in the history, which the name tells
 *   *3 $3 SET $1 k $1 v      the command, as it was replicated
 * </pre>
 *
 * <p>The lines that begin with # are such as append-only files may have, so that tools for these
 * read it. A command before the first SELECT is for the database that was selected before. Files
 * are written on a thread of their own; the counters may be read by any.
 */
final class Divergence {

    private static final int PART = 64 << 10;

    private final Node node;
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong commands = new AtomicLong();

    Divergence(Node node) {
        this.node = node;
    }

    long files() {
        return files.get();
    }

    long commands() {
        return commands.get();
    }

    /** Saves the log of history {@code id} from there to its end. On the home loop. */
    void save(String id, long from) {
        String directory = node.settings().get(ReplicationOptions.DIVERGENCE_DIR);
        if (directory == null || directory.isEmpty()) {
            return;
        }
        LogReader reader;
        long end = node.parts().commandLog().end();
        try {
            // Holds what it has not read, whatever becomes of the log.
            reader = node.parts().commandLog().openReader(from, false, () -> {});
        } catch (IllegalArgumentException e) {
            note(
                    Level.WARNING,
                    "Writes that the new master lacks cannot be saved: the backlog"
                            + " does not reach back to offset "
                            + from);
            return;
        }
        String base = Disk.path(node.replication().directory(), directory);
        String path = Disk.path(base, "divergence-" + id + "-" + from + "-" + end + ".resp");
        node.environment().background("divergence", () -> write(reader, end, base, path));
    }

    private void note(Level level, String text) {
        node.replication().note(level, text);
    }

    private void write(LogReader reader, long end, String directory, String path) {
        try (reader;
                GrowingSink tail = new GrowingSink()) {
            long from = reader.offset();
            collect(reader, end, tail);
            node.environment().disk().makeDirectory(directory);
            long found = write(tail, from, directory, path);
            if (found > 0) {
                files.incrementAndGet();
                commands.addAndGet(found);
                note(
                        Level.WARNING,
                        found + " commands that the new master lacks were saved to " + path);
            }
        } catch (IOException e) {
            note(
                    Level.WARNING,
                    "Writes that the new master lacks cannot be saved: " + e.getMessage());
        }
    }

    private static void collect(LogReader reader, long end, GrowingSink tail) {
        while (reader.offset() < end) {
            int length = reader.peek((int) Math.min(PART, end - reader.offset()));
            if (length == 0) {
                return;
            }
            tail.write(reader.address(), length);
            reader.advance(length);
        }
    }

    private long write(GrowingSink tail, long from, String directory, String path)
            throws IOException {
        RequestDecoder decoder =
                new RequestDecoder(new Limits().maxBulkBytes(Limits.LARGEST_BULK_BYTES));
        decoder.authenticated(true);
        Request request = new Request();
        Disk disk = node.environment().disk();
        long found = 0;
        try (DiskFile file = disk.open(path, Disk.Mode.CREATE)) {
            int at = 0;
            int length = (int) tail.length();
            while (at < length) {
                int result = decoder.decode(tail.address(), at, length, request);
                if (result == RequestDecoder.INCOMPLETE || result == RequestDecoder.ERROR) {
                    break;
                }
                int next = decoder.consumed();
                if (result == RequestDecoder.COMPLETE && isData(request)) {
                    found++;
                    file.write(ascii("#OFFSET:" + (from + at) + "\r\n"));
                    file.write(Memory.buffer(tail.address() + at, next - at));
                }
                at = next;
            }
            file.sync();
        } finally {
            request.close();
        }
        if (found == 0) {
            disk.delete(path);
        } else {
            disk.syncDirectory(directory);
        }
        return found;
    }

    private static boolean isData(Request request) {
        return !request.arg(0).isWord("PING") && !request.arg(0).isWord("REPLCONF");
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
