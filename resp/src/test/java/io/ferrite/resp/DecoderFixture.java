package io.ferrite.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One connection's read side: collects pieces in a buffer that is exactly as long as its content,
 * at another place after each piece, and lists what was decoded: {@code [arg][arg]}, or {@code
 * -error}.
 */
final class DecoderFixture implements AutoCloseable {

    private final Limits limits = new Limits();
    private final RequestDecoder decoder = new RequestDecoder(limits);
    private final Request request = new Request();

    private Consumer<Request> onRequest = request -> {};

    private long buffer;
    private int size;

    Limits limits() {
        return limits;
    }

    RequestDecoder decoder() {
        return decoder;
    }

    Request request() {
        return request;
    }

    void authenticated(boolean yes) {
        decoder.authenticated(yes);
    }

    /** Whom to show each request while its bytes are there. */
    void onRequest(Consumer<Request> listener) {
        onRequest = listener;
    }

    /** Decodes the pieces as those of a new connection. */
    List<String> decode(String... pieces) {
        byte[][] bytes = new byte[pieces.length][];
        for (int i = 0; i < pieces.length; i++) {
            bytes[i] = pieces[i].getBytes(ISO_8859_1);
        }
        return decode(bytes);
    }

    List<String> decode(byte[]... pieces) {
        decoder.reset();
        drop(size);
        List<String> seen = new ArrayList<>();
        for (byte[] piece : pieces) {
            append(piece);
            int from = 0;
            int result = RequestDecoder.INCOMPLETE;
            while (from < size) {
                result = decoder.decode(buffer, from, size, request);
                if (result == RequestDecoder.COMPLETE) {
                    seen.add(text());
                    onRequest.accept(request);
                } else if (result == RequestDecoder.ERROR) {
                    seen.add("-" + decoder.error());
                    return seen;
                } else if (result == RequestDecoder.INCOMPLETE) {
                    if (decoder.needed() < 1) {
                        throw new AssertionError("incomplete, but nothing is needed");
                    }
                    break;
                }
                if (decoder.consumed() <= from || decoder.consumed() > size) {
                    throw new AssertionError("consumed to " + decoder.consumed());
                }
                from = decoder.consumed();
            }
            drop(from);
        }
        return seen;
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < request.count(); i++) {
            text.append('[').append(request.arg(i)).append(']');
        }
        return text.toString();
    }

    private void append(byte[] piece) {
        if (piece.length == 0) {
            return;
        }
        long grown = SharedSlab.take(size + piece.length, MemoryTag.CLIENT);
        Memory.copy(buffer, grown, size);
        Memory.copyIn(piece, 0, grown + size, piece.length);
        give();
        buffer = grown;
        size += piece.length;
    }

    private void drop(int bytes) {
        if (bytes == 0) {
            return;
        }
        int left = size - bytes;
        long smaller = left == 0 ? 0 : SharedSlab.take(left, MemoryTag.CLIENT);
        Memory.copy(buffer + bytes, smaller, left);
        give();
        buffer = smaller;
        size = left;
    }

    private void give() {
        if (size != 0) {
            SharedSlab.give(buffer, size, MemoryTag.CLIENT);
        }
    }

    @Override
    public void close() {
        drop(size);
        request.close();
    }
}
