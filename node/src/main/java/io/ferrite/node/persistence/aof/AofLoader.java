package io.ferrite.node.persistence.aof;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.base.disk.MissingFileException;
import io.ferrite.durability.aof.AofDirectory;
import io.ferrite.durability.aof.AofManifest;
import io.ferrite.durability.aof.AofPart;
import io.ferrite.durability.aof.AofScanner;
import io.ferrite.memory.Memory;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.log.Log;
import io.ferrite.node.persistence.KeyDelay;
import io.ferrite.node.persistence.RdbLoader;
import io.ferrite.resp.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Loads an append-only file: its base, then the commands of each further file, in the order of the
 * list. Not on an event loop.
 *
 * <p>A command that is cut off at the end of the last file, or a transaction without its end, is
 * removed from the file, if aof-load-truncated allows it; anything else that does not fit stops the
 * load. The log says so in Redis' words.
 */
final class AofLoader {

    private static final byte[] RDB_MAGIC = "REDIS".getBytes(StandardCharsets.US_ASCII);

    /** What ended the reading of a file. */
    private enum End {
        WHOLE,
        CUT,
        MALFORMED,
        UNKNOWN_COMMAND
    }

    private final Node node;
    private final AppendOnly appendOnly;
    private final Log log;
    private final Settings settings;
    private final AofScanner scanner = new AofScanner();
    private final KeyDelay delay;
    private final Request[] batch = new Request[Dispatcher.BATCH];
    private final long[] ends = new long[Dispatcher.BATCH];
    private final long[] places = new long[Dispatcher.BATCH];
    private int batched;

    /** Bytes of the files that are loaded already. */
    private long loadedBytes;

    /** Up to where the file that is loaded is good. */
    private long valid;

    private String unknown;

    /** The stream that the data is part of, as far as the file says; null if it does not. */
    private String stream;

    /** The place in that stream behind what was scanned, and behind what is valid. */
    private long scanned;

    private long reached;

    private int database;
    private final AofIndex index = new AofIndex();

    AofLoader(Node node, AppendOnly appendOnly) {
        this.node = node;
        this.appendOnly = appendOnly;
        this.log = node.log();
        this.settings = node.settings();
        this.delay = new KeyDelay(settings, PersistenceOptions.KEY_LOAD_DELAY);
    }

    /** Loads everything; false if it cannot be loaded. */
    boolean load() {
        if (!upgrade()) {
            return false;
        }
        AofManifest manifest = appendOnly.manifest();
        List<AofPart> parts = manifest.parts();
        boolean mayExpire = node.engine().mayExpire();
        node.engine().setMayExpire(false); // what expired meanwhile was not gone for these commands
        try (AofReplay replay = new AofReplay(node)) {
            if (!areThere(parts)) {
                return false;
            }
            for (AofPart part : parts) {
                if (!load(part, part == parts.getLast(), replay)) {
                    return false;
                }
            }
            database = replay.database();
        } finally {
            node.engine().setMayExpire(mayExpire);
        }
        return true;
    }

    /** What of the stream the files hold. */
    AofIndex index() {
        return index;
    }

    /** Tells the replication where in which stream the data is, if the files say so. */
    void restoreStream() {
        if (stream != null) {
            node.replication().restore(stream, reached, database);
        }
    }

    private boolean areThere(List<AofPart> parts) {
        for (AofPart part : parts) {
            try {
                node.environment().disk().size(appendOnly.directory().path(part));
            } catch (IOException e) {
                log.warning(
                        "Unable to obtain the AOF file "
                                + part.name()
                                + " length. stat: "
                                + e.getMessage());
                return false;
            }
        }
        return true;
    }

    // --- the single file of old ------------------------------------------------------------------

    /** Takes over the one file that versions before Redis 7 wrote, if there is nothing else. */
    private boolean upgrade() {
        AofDirectory directory = appendOnly.directory();
        Disk disk = directory.disk();
        AofManifest manifest = appendOnly.manifest();
        if (!disk.exists(directory.singleFile())) {
            return true;
        }
        boolean interrupted =
                manifest.base() != null
                        && manifest.increments().isEmpty()
                        && manifest.base().name().equals(directory.name())
                        && !disk.exists(directory.path(directory.name()));
        if (disk.exists(directory.directory()) && !manifest.isEmpty() && !interrupted) {
            return true;
        }
        AofPart base = new AofPart(directory.name(), 1, AofPart.Kind.BASE);
        try {
            directory.make();
        } catch (IOException e) {
            log.warning(appendOnly.cannotMake(e));
            return false;
        }
        try {
            appendOnly.change(list -> new AofManifest(base, List.of(), List.of()));
            disk.rename(directory.singleFile(), directory.path(base));
            disk.syncDirectory(directory.directory());
            disk.syncDirectory(directory.home());
        } catch (IOException e) {
            log.warning(
                    "Error trying to move the old AOF file "
                            + directory.name()
                            + " into dir "
                            + settings.get(PersistenceOptions.APPENDDIRNAME)
                            + ": "
                            + e.getMessage());
            return false;
        }
        log.notice(
                "Successfully migrated an old-style AOF file ("
                        + directory.name()
                        + ") into the AOF directory ("
                        + settings.get(PersistenceOptions.APPENDDIRNAME)
                        + ").");
        return true;
    }

    // --- one file --------------------------------------------------------------------------------

    private boolean load(AofPart part, boolean last, AofReplay replay) {
        long begin = node.environment().nanos();
        boolean done;
        try (DiskFile file =
                node.environment()
                        .disk()
                        .open(appendOnly.directory().path(part), Disk.Mode.CHANGE)) {
            done = file.size() == 0 || load(part, file, last, replay);
            loadedBytes += file.size();
        } catch (MissingFileException e) {
            log.warning("The append log file " + part.name() + " doesn't exist: " + e.getMessage());
            return false;
        } catch (IOException e) {
            log.warning(
                    "Fatal error: can't open the append log file "
                            + part.name()
                            + " for reading: "
                            + e.getMessage());
            return false;
        }
        if (!done) {
            return false;
        }
        String kind = part.kind() == AofPart.Kind.BASE ? "base" : "incr";
        double seconds = (node.environment().nanos() - begin) / 1e9;
        log.notice(
                "DB loaded from "
                        + kind
                        + " file "
                        + part.name()
                        + ": "
                        + String.format(Locale.ROOT, "%.3f", seconds)
                        + " seconds");
        return true;
    }

    private boolean load(AofPart part, DiskFile file, boolean last, AofReplay replay)
            throws IOException {
        stream = null; // the one before ends where this one begins, and says so if it matters
        valid = 0;
        if (beginsWithRdb(file)) {
            if (!loadRdb(part, file)) {
                return false;
            }
        }
        replay.beginFile();
        if (part.kind() == AofPart.Kind.INCREMENT) {
            index.beginFile(part.name());
        }
        End end;
        try (AofFileReader reader = new AofFileReader(file)) {
            valid = reader.position();
            end = run(reader, replay);
        } catch (IOException e) {
            log.warning(
                    "Unrecoverable error reading the append only file "
                            + part.name()
                            + ": "
                            + e.getMessage());
            return false;
        }
        replay.report(part.name());
        boolean good = judge(part, file, last, end, replay);
        index.endFile(valid);
        return good;
    }

    private static boolean beginsWithRdb(DiskFile file) throws IOException {
        java.nio.ByteBuffer head = java.nio.ByteBuffer.allocate(RDB_MAGIC.length);
        while (head.hasRemaining() && file.read(head, head.position()) > 0) {
            continue;
        }
        return java.util.Arrays.equals(head.array(), RDB_MAGIC);
    }

    private boolean loadRdb(AofPart part, DiskFile file) throws IOException {
        boolean old = part.name().equals(appendOnly.directory().name());
        log.notice(
                old
                        ? "Reading RDB preamble from AOF file..."
                        : "Reading RDB base file on AOF loading...");
        try {
            RdbLoader.Plan plan = new RdbLoader.Plan(false, false, loadedBytes);
            long bytes = node.persistence().loader().load(file, plan, () -> false).bytes();
            file.seek(bytes);
        } catch (IOException e) {
            RdbLoader.report(log, e);
            log.warning(
                    (old
                                    ? "Error reading the RDB preamble of the AOF file "
                                    : "Error reading the RDB base file ")
                            + part.name()
                            + ", AOF loading aborted");
            return false;
        }
        if (old) {
            log.notice("Reading the remaining AOF tail...");
        }
        return true;
    }

    // --- commands --------------------------------------------------------------------------------

    private End run(AofFileReader reader, AofReplay replay) throws IOException {
        for (int i = 0; i < batch.length; i++) {
            batch[i] = replay.spare(i);
        }
        reader.more(1);
        while (reader.length() > 0) {
            node.persistence().loading().progress(loadedBytes + reader.position());
            replay.tick();
            End end = scan(reader, replay);
            if (end != null) {
                return end;
            }
        }
        if (replay.inTransaction()) {
            return End.CUT;
        }
        return End.WHOLE;
    }

    /** Runs what is in the window; null if there may be more to run. */
    private End scan(AofFileReader reader, AofReplay replay) throws IOException {
        batched = 0;
        while (reader.length() > 0) {
            int kind =
                    scanner.next(
                            reader.address(), reader.length(), reader.isLast(), batch[batched]);
            switch (kind) {
                case AofScanner.COMMAND -> {
                    reader.skip(scanner.consumed());
                    scanned += scanner.consumed();
                    ends[batched] = reader.position();
                    places[batched++] = scanned;
                    if (batched == batch.length && !runBatch(replay)) {
                        return End.UNKNOWN_COMMAND;
                    }
                }
                case AofScanner.ANNOTATION -> {
                    long from = reader.position();
                    reader.skip(scanner.consumed());
                    if (!runBatch(replay)) {
                        return End.UNKNOWN_COMMAND;
                    }
                    annotation(scanner.annotation(), from, reader.position(), replay);
                }
                case AofScanner.INCOMPLETE -> {
                    if (!runBatch(replay)) {
                        return End.UNKNOWN_COMMAND;
                    }
                    if (reader.isLast()) {
                        return End.CUT;
                    }
                    reader.more(scanner.needed());
                    return null;
                }
                default -> {
                    return runBatch(replay) ? End.MALFORMED : End.UNKNOWN_COMMAND;
                }
            }
        }
        if (!runBatch(replay)) {
            return End.UNKNOWN_COMMAND;
        }
        if (!reader.isLast()) {
            reader.more(1);
        }
        return null;
    }

    private void annotation(String text, long from, long end, AofReplay replay) {
        StreamMark mark = StreamMark.parse(text);
        index.line(mark, from, end);
        if (mark != null) {
            stream = mark.id();
            scanned = mark.offset();
            reached = scanned;
        }
        if (!replay.inTransaction()) {
            valid = end;
        }
    }

    /** False if there is no such command. */
    private boolean runBatch(AofReplay replay) {
        int next = 0;
        while (next < batched) {
            int ran = delay.isOn() ? 0 : replay.runSome(batch, next, batched);
            if (ran == 0) {
                if (!replay.knows(batch[next])) {
                    unknown = name(batch[next]);
                    return false;
                }
                replay.run(batch[next]);
                ran = 1;
                delay.after(1, () -> false);
            }
            next += ran;
            if (!replay.inTransaction()) {
                valid = ends[next - 1];
                reached = places[next - 1];
            }
        }
        batched = 0;
        return true;
    }

    private static String name(Request request) {
        int shown = Math.min(request.length(0), 128);
        return new String(Memory.toBytes(request.address(0), shown), StandardCharsets.ISO_8859_1)
                .replaceAll("\\p{Cntrl}", "?");
    }

    // --- how a file ended ------------------------------------------------------------------------

    private boolean judge(AofPart part, DiskFile file, boolean last, End end, AofReplay replay)
            throws IOException {
        switch (end) {
            case WHOLE -> {
                return true;
            }
            case CUT -> {
                if (replay.inTransaction()) {
                    log.warning(
                            "Revert incomplete MULTI/EXEC transaction in AOF file " + part.name());
                }
                if (!last) { // not to be touched: what follows was written after what is missing
                    log.warning("Fatal error: the truncated file is not the last file");
                    return false;
                }
                if (settings.get(PersistenceOptions.AOF_LOAD_TRUNCATED)) {
                    return truncate(part, file);
                }
                log.warning(
                        "Unexpected end of file reading the append only file "
                                + part.name()
                                + ". You can: 1) Make a backup of your AOF file, then use"
                                + " ./redis-check-aof --fix <filename.manifest>. 2) Alternatively"
                                + " you can set the 'aof-load-truncated' configuration option to"
                                + " yes and restart the server.");
                return false;
            }
            case UNKNOWN_COMMAND -> {
                log.warning(
                        "Unknown command '"
                                + unknown
                                + "' reading the append only file "
                                + part.name());
                return false;
            }
            default -> {
                return malformed(part, file, last);
            }
        }
    }

    private boolean malformed(AofPart part, DiskFile file, boolean last) throws IOException {
        long tail = file.size() - valid;
        if (last && tail <= settings.get(PersistenceOptions.AOF_LOAD_CORRUPT_TAIL_MAX_SIZE)) {
            log.warning(
                    "!!! Warning: the last "
                            + tail
                            + " bytes of the AOF file "
                            + part.name()
                            + " are damaged !!!");
            return truncate(part, file);
        }
        log.warning(
                "Bad file format reading the append only file "
                        + part.name()
                        + ": make a backup of your AOF file, then use ./redis-check-aof --fix"
                        + " <filename.manifest>");
        return false;
    }

    private boolean truncate(AofPart part, DiskFile file) {
        log.warning("!!! Warning: short read while loading the AOF file " + part.name() + "!!!");
        log.warning("!!! Truncating the AOF " + part.name() + " at offset " + valid + " !!!");
        try {
            file.truncate(valid);
            file.sync();
        } catch (IOException e) {
            log.warning("Error truncating the AOF file " + part.name() + ": " + e.getMessage());
            return false;
        }
        log.warning("AOF " + part.name() + " loaded anyway because aof-load-truncated is enabled");
        return true;
    }
}
