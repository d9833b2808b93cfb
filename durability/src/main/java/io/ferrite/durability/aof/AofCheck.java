package io.ferrite.durability.aof;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The tool that looks at the files of an append-only file, and cuts off what is damaged at the end:
 * with the options, the words and the exit status of redis-check-aof, as scripts read them.
 */
public final class AofCheck {

    /** Where words go, and where an answer comes from. */
    public interface Console {
        void print(String text);

        /** A line, or null if there is none. */
        String ask();
    }

    /** Looks at the snapshot that a file begins with, and says what it found. */
    @FunctionalInterface
    public interface SnapshotCheck {

        /** How many bytes it takes, or -1 if it is damaged. */
        long check(String path, DiskFile file) throws IOException;
    }

    /** What became of a file that did not end everything. */
    private enum Verdict {
        VALID,
        EMPTY,
        TRUNCATED,
        TRUNCATED_TO_TIME
    }

    private static final int MANIFEST_LINE = 1024;

    private final Disk disk;
    private final String workingDirectory;
    private final Console console;
    private final SnapshotCheck snapshots;
    private boolean fix;
    private long until;

    /** Lines so far, through all files: so the reference counts them. */
    private long lines = 1;

    /**
     * @param workingDirectory what relative paths count from
     */
    public AofCheck(Disk disk, String workingDirectory, Console console, SnapshotCheck snapshots) {
        this.disk = disk;
        this.workingDirectory = workingDirectory;
        this.console = console;
        this.snapshots = snapshots;
    }

    /**
     * Runs the tool.
     *
     * @return the exit status
     */
    public int run(String program, List<String> arguments) {
        try {
            String path = read(program, arguments);
            check(path);
            return 0;
        } catch (CheckEnd end) {
            console.print(end.getMessage());
            return 1;
        } catch (IOException e) {
            console.print("Failed to read: " + e.getMessage() + "\n");
            return 1;
        }
    }

    private String read(String program, List<String> arguments) throws CheckEnd {
        if (arguments.size() == 1) {
            return arguments.getFirst();
        }
        if (arguments.size() == 2 && arguments.getFirst().equals("--fix")) {
            fix = true;
            return arguments.get(1);
        }
        if (arguments.size() == 3 && arguments.getFirst().equals("--truncate-to-timestamp")) {
            try {
                until = Long.parseLong(arguments.get(1));
            } catch (NumberFormatException e) {
                throw new CheckEnd("Invalid timestamp, aborting...\n");
            }
            return arguments.get(2);
        }
        throw new CheckEnd(
                "Usage: "
                        + program
                        + " [--fix|--truncate-to-timestamp $timestamp]"
                        + " <file.manifest|file.aof>\n");
    }

    // --- what kind of file -----------------------------------------------------------------------

    private String real(String path) {
        return Disk.path(workingDirectory, path.startsWith("./") ? path.substring(2) : path);
    }

    private void check(String path) throws CheckEnd, IOException {
        if (isManifest(path)) {
            checkParts(path);
            return;
        }
        boolean snapshot = isSnapshot(path);
        console.print("Start checking Old-Style AOF\n");
        tell(checkFile(path, path, true, snapshot), path, "AOF");
    }

    private DiskFile open(String path) throws CheckEnd {
        try {
            return disk.open(real(path), Disk.Mode.READ);
        } catch (IOException e) {
            throw new CheckEnd("Cannot open file " + path + ": " + e.getMessage() + "\n");
        }
    }

    private boolean isManifest(String path) throws CheckEnd, IOException {
        try (DiskFile file = open(path)) {
            CheckInput in = new CheckInput(file, 0);
            byte[] line = in.line(MANIFEST_LINE);
            while (line != null && line[0] == '#') {
                line = in.line(MANIFEST_LINE);
            }
            return line != null && startsWith(line, "file");
        }
    }

    private boolean isSnapshot(String path) throws CheckEnd, IOException {
        try (DiskFile file = open(path)) {
            if (file.size() < 8) {
                return false;
            }
            byte[] head = new CheckInput(file, 0).bytes(5);
            return head != null && startsWith(head, "REDIS");
        }
    }

    private static boolean startsWith(byte[] bytes, String ascii) {
        byte[] wanted = ascii.getBytes(StandardCharsets.US_ASCII);
        return bytes.length >= wanted.length
                && Arrays.equals(wanted, Arrays.copyOf(bytes, wanted.length));
    }

    // --- several parts ---------------------------------------------------------------------------

    private void checkParts(String path) throws CheckEnd, IOException {
        console.print("Start checking Multi Part AOF\n");
        AofManifest manifest;
        try {
            manifest = AofManifest.parse(AofDirectory.readText(disk, real(path)));
        } catch (ManifestFault fault) {
            throw new CheckEnd(fault.text() + "\n");
        }
        int slash = path.lastIndexOf('/');
        String directory = slash < 0 ? "." : slash == 0 ? "/" : path.substring(0, slash);
        List<AofPart> parts = manifest.parts();
        if (manifest.base() != null) {
            AofPart base = manifest.base();
            String file = Disk.path(directory, base.name());
            boolean snapshot = isSnapshot(file);
            console.print(
                    "Start to check BASE AOF (" + (snapshot ? "RDB" : "RESP") + " format).\n");
            boolean last = parts.size() == 1;
            tell(checkFile(base.name(), file, last, snapshot), base.name(), "BASE AOF");
        }
        if (!manifest.increments().isEmpty()) {
            console.print("Start to check INCR files.\n");
        }
        for (AofPart part : manifest.increments()) {
            String file = Disk.path(directory, part.name());
            boolean last = part == parts.getLast();
            tell(checkFile(part.name(), file, last, false), part.name(), "INCR AOF");
        }
        console.print("All AOF files and manifest are valid\n");
    }

    private void tell(Verdict verdict, String name, String kind) {
        console.print(
                switch (verdict) {
                    case VALID -> kind + " " + name + " is valid\n";
                    case EMPTY -> kind + " " + name + " is empty\n";
                    case TRUNCATED -> "Successfully truncated AOF " + name + "\n";
                    case TRUNCATED_TO_TIME ->
                            "Successfully truncated AOF " + name + " to timestamp " + until + "\n";
                });
    }

    // --- one file --------------------------------------------------------------------------------

    private Verdict checkFile(String name, String path, boolean last, boolean snapshot)
            throws CheckEnd, IOException {
        DiskFile file;
        try {
            file = disk.open(real(path), Disk.Mode.CHANGE);
        } catch (IOException e) {
            throw new CheckEnd(
                    "Cannot open file " + path + ": " + e.getMessage() + ", aborting...\n");
        }
        try (file) {
            if (file.size() == 0) {
                return Verdict.EMPTY;
            }
            long from = 0;
            if (snapshot) {
                from = snapshots.check(path, file);
                if (from < 0) {
                    throw new CheckEnd("RDB preamble of AOF file is not sane, aborting.\n");
                }
                console.print("RDB preamble is OK, proceeding with AOF tail...\n");
            }
            return checkCommands(name, path, file, from, last);
        }
    }

    private Verdict checkCommands(String name, String path, DiskFile file, long from, boolean last)
            throws CheckEnd, IOException {
        CheckInput in = new CheckInput(file, from);
        CheckedCommands commands = new CheckedCommands(in, path, lines);
        long valid = from;
        while (true) {
            if (!commands.inTransaction()) {
                valid = in.position();
            }
            int first = in.peek();
            if (first < 0) {
                break;
            }
            if (first == '#') {
                long at = in.position();
                if (isTooLate(path, commands.annotation(), at, last)) {
                    truncate(file, at, path);
                    return Verdict.TRUNCATED_TO_TIME;
                }
            } else if (first != '*') {
                console.print("AOF " + name + " format error\n");
                break;
            } else if (!commands.next()) {
                break;
            }
        }
        if (in.ended()) {
            commands.ended();
        }
        lines = commands.lines();
        if (commands.error() != null) {
            console.print(commands.error() + "\n");
        }
        return conclude(name, file, valid, last);
    }

    /** Whether everything from this annotation on is to be cut off. */
    private boolean isTooLate(String path, String annotation, long at, boolean last)
            throws CheckEnd {
        if (until == 0 || !annotation.startsWith("#TS:")) {
            return false;
        }
        long second;
        int end = annotation.indexOf('\r');
        try {
            second = Long.parseLong(annotation.substring(4, Math.max(4, end)));
        } catch (NumberFormatException e) {
            throw new CheckEnd("Invalid timestamp annotation\n");
        }
        if (second <= until) {
            return false;
        }
        if (at == 0) {
            throw new CheckEnd(
                    "AOF " + path + " has nothing before timestamp " + until + ", aborting...\n");
        }
        if (!last) {
            throw new CheckEnd(
                    "Failed to truncate AOF "
                            + path
                            + " to timestamp "
                            + until
                            + " to offset "
                            + at
                            + " because it is not the last file.\n"
                            + "If you insist, please delete all files after this file according to"
                            + " the manifest file and delete the corresponding records in manifest"
                            + " file manually. Then re-run redis-check-aof.\n");
        }
        return true;
    }

    private void truncate(DiskFile file, long at, String path) throws CheckEnd {
        try {
            file.truncate(at);
            file.sync();
        } catch (IOException e) {
            String to = until == 0 ? "" : " to timestamp " + until;
            throw new CheckEnd("Failed to truncate AOF " + path + to + "\n");
        }
    }

    private Verdict conclude(String name, DiskFile file, long valid, boolean last)
            throws CheckEnd, IOException {
        long size = file.size();
        long damaged = size - valid;
        if (damaged == 0 && until != 0) {
            console.print("Truncate nothing in AOF " + name + " to timestamp " + until + "\n");
            return Verdict.VALID;
        }
        console.print(
                "AOF analyzed: filename="
                        + name
                        + ", size="
                        + size
                        + ", ok_up_to="
                        + valid
                        + ", ok_up_to_line="
                        + lines
                        + ", diff="
                        + damaged
                        + "\n");
        if (damaged == 0) {
            return Verdict.VALID;
        }
        if (!fix) {
            throw new CheckEnd(
                    "AOF " + name + " is not valid. Use the --fix option to try fixing it.\n");
        }
        if (!last) {
            throw new CheckEnd(
                    "Failed to truncate AOF " + name + " because it is not the last file\n");
        }
        console.print(
                "This will shrink the AOF "
                        + name
                        + " from "
                        + size
                        + " bytes, with "
                        + damaged
                        + " bytes, to "
                        + valid
                        + " bytes\nContinue? [y/N]: ");
        String answer = console.ask();
        if (answer == null || !answer.toLowerCase(Locale.ROOT).startsWith("y")) {
            throw new CheckEnd("Aborting...\n");
        }
        truncate(file, valid, name);
        return Verdict.TRUNCATED;
    }

    /** Ends the tool with a status that says that something is wrong. */
    private static final class CheckEnd extends Exception {
        private static final long serialVersionUID = 1;

        CheckEnd(String words) {
            super(words);
        }
    }
}
