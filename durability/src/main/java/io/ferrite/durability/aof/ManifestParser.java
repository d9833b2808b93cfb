package io.ferrite.durability.aof;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads a manifest. Lines hold pairs of a name and a value; names that nobody knows are passed
 * over, so that files of later versions can be read. Lines that begin with # say nothing.
 */
final class ManifestParser {

    private static final int LINE_MAX = 1024;
    private static final String INVALID = "Invalid AOF manifest file format";

    private final String text;
    private int at;
    private int number;
    private AofPart base;
    private final List<AofPart> history = new ArrayList<>();
    private final List<AofPart> increments = new ArrayList<>();
    private long lastSequence;

    ManifestParser(String text) {
        this.text = text;
    }

    AofManifest parse() throws ManifestFault {
        if (text.isEmpty()) {
            throw new ManifestFault("Found an empty AOF manifest", 0, null);
        }
        while (at < text.length()) {
            String line = nextLine();
            number++;
            if (line.startsWith("#")) {
                continue;
            }
            if (line.indexOf('\n') < 0) {
                throw new ManifestFault(
                        "The AOF manifest file contains too long line", number, null);
            }
            add(line.strip());
        }
        return new AofManifest(base, history, increments);
    }

    private String nextLine() {
        int end = text.indexOf('\n', at);
        end = end < 0 ? text.length() : end + 1;
        end = Math.min(end, at + LINE_MAX);
        String line = text.substring(at, end);
        at = end;
        return line;
    }

    private void add(String line) throws ManifestFault {
        List<String> words = ManifestWords.split(line);
        if (words == null || words.size() < 6 || words.size() % 2 != 0) {
            throw new ManifestFault(INVALID, number, line);
        }
        String name = null;
        long sequence = 0;
        char kind = 0;
        for (int i = 0; i < words.size(); i += 2) {
            String value = words.get(i + 1);
            switch (words.get(i).toLowerCase(Locale.ROOT)) {
                case "file" -> name = fileName(value, line);
                case "seq" -> sequence = leadingNumber(value);
                case "type" -> kind = value.isEmpty() ? 0 : value.charAt(0);
                default -> {} // of a later version
            }
        }
        if (name == null || sequence == 0 || kind == 0) {
            throw new ManifestFault(INVALID, number, line);
        }
        add(name, sequence, kind, line);
    }

    private String fileName(String value, String line) throws ManifestFault {
        if (value.indexOf('/') >= 0 || value.indexOf('\\') >= 0) {
            throw new ManifestFault("File can't be a path, just a filename", number, line);
        }
        return value;
    }

    private void add(String name, long sequence, char letter, String line) throws ManifestFault {
        AofPart.Kind kind = AofPart.Kind.of(letter);
        if (kind == null) {
            throw new ManifestFault("Unknown AOF file type", number, line);
        }
        AofPart part = new AofPart(name, sequence, kind);
        switch (kind) {
            case BASE -> {
                if (base != null) {
                    throw new ManifestFault("Found duplicate base file information", number, line);
                }
                base = part;
            }
            case HISTORY -> history.add(part);
            case INCREMENT -> {
                if (sequence <= lastSequence) {
                    throw new ManifestFault("Found a non-monotonic sequence number", number, line);
                }
                lastSequence = sequence;
                increments.add(part);
            }
        }
    }

    /** The number that a text begins with; 0 if it begins with none. */
    private static long leadingNumber(String text) {
        int from = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        int end = from;
        while (end < text.length() && Character.digit(text.charAt(end), 10) >= 0) {
            end++;
        }
        if (end == from || end - from > 18) {
            return 0;
        }
        long number = Long.parseLong(text.substring(from, end));
        return text.startsWith("-") ? -number : number;
    }
}
