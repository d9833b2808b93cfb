package io.ferrite.node.persistence.aof;

import io.ferrite.base.disk.DiskFile;
import io.ferrite.durability.aof.AofScanner;
import io.ferrite.resp.Request;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Learns from the lines for tools in files which bytes of which stream they hold: everything
 * between two such lines is the stream's own, from the place on that the last {@link StreamMark}
 * told. For one thread.
 */
final class AofIndex {

    private final Deque<AofSpan> spans = new ArrayDeque<>();
    private String stream;
    private String firstStream;
    private String name;

    /** Where the bytes begin that are not in a span yet, and their offset; -1: nothing is known. */
    private long place;

    private long offset;

    /** The files come in the order in which they were written. */
    void beginFile(String of) {
        name = of;
        place = -1;
    }

    /** A line from {@code from} to {@code to}. */
    void line(StreamMark mark, long from, long to) {
        add(from);
        if (mark == null) {
            place = place < 0 ? -1 : to;
            return;
        }
        // A name is given up within a file, so what goes on across files goes on under one name.
        boolean goesOn = mark.offset() == end() && (place >= 0 || mark.id().equals(stream));
        if (!goesOn) {
            spans.clear();
        }
        if (spans.isEmpty()) {
            firstStream = mark.id();
        }
        stream = mark.id();
        place = to;
        offset = mark.offset();
    }

    /** What is good of the file ends at {@code end}. */
    void endFile(long end) {
        add(end);
        if (place < 0) {
            spans.clear(); // nobody can tell what this file holds
        }
    }

    private void add(long to) {
        if (place >= 0 && to > place) {
            spans.add(new AofSpan(name, offset, place, to - place));
            offset += to - place;
            place = to;
        }
    }

    /** Looks through a file that nobody loads. */
    void scan(String of, DiskFile file) throws IOException {
        beginFile(of);
        AofScanner scanner = new AofScanner();
        long good;
        try (AofFileReader reader = new AofFileReader(file);
                Request request = new Request()) {
            reader.more(1);
            while (reader.length() > 0 && step(scanner, reader, request)) {
                if (reader.length() == 0 && !reader.isLast()) {
                    reader.more(1);
                }
            }
            good = reader.position();
        }
        endFile(good);
    }

    private boolean step(AofScanner scanner, AofFileReader reader, Request request)
            throws IOException {
        int kind = scanner.next(reader.address(), reader.length(), reader.isLast(), request);
        switch (kind) {
            case AofScanner.COMMAND -> {
                reader.skip(scanner.consumed());
                return true;
            }
            case AofScanner.ANNOTATION -> {
                long from = reader.position();
                reader.skip(scanner.consumed());
                line(StreamMark.parse(scanner.annotation()), from, reader.position());
                return true;
            }
            case AofScanner.INCOMPLETE -> {
                if (reader.isLast()) {
                    return false;
                }
                reader.more(scanner.needed());
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    /** The stream's name where the spans begin, and where they end. */
    String firstStream() {
        return firstStream;
    }

    String lastStream() {
        return stream;
    }

    private long end() {
        return spans.isEmpty() ? -1 : spans.getLast().end();
    }

    /** Runs of one stream, each behind the one before. */
    Deque<AofSpan> spans() {
        return spans;
    }
}
