package io.ferrite.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.memory.Slice;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class RequestTest {

    @Test
    void detachedCopy_livesOnWithoutTheBuffer() {
        long before = SharedSlab.usedBytes();
        byte[] bytes = "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$5\r\nhello\r\n".getBytes(ISO_8859_1);
        Request copy = decoded(bytes, Request::detach);
        assertThat(copy.isDetached()).isTrue();
        assertThat(copy.count()).isEqualTo(3);
        assertThat(copy.arg(0)).hasToString("SET");
        assertThat(copy.arg(1)).hasToString("");
        assertThat(copy.arg(2)).hasToString("hello");
        assertThat(copy.argumentBytes()).isEqualTo(8);
        assertThat(copy.heldBytes()).isEqualTo(SharedSlab.usedBytes() - before);
        copy.close();
        copy.close();
        assertThat(copy.count()).isZero();
        assertThat(SharedSlab.usedBytes()).isEqualTo(before);
    }

    @Test
    void unquotedWords_belongToTheRequest() {
        long before = SharedSlab.usedBytes();
        byte[] bytes = "SET k \"a b\"\r\n".getBytes(ISO_8859_1);
        decoded(
                bytes,
                request -> {
                    request.rebase(1);
                    assertThat(request.arg(1)).hasToString("k");
                    assertThat(request.arg(2)).hasToString("a b");
                    return request;
                });
        assertThat(SharedSlab.usedBytes()).isEqualTo(before);
    }

    @Test
    void requestOfNoArguments_canBeClosed() {
        long before = SharedSlab.usedBytes();
        try (Request none = Request.of()) {
            assertThat(none.count()).isZero();
        }
        assertThat(SharedSlab.usedBytes()).isEqualTo(before);
    }

    @Test
    void firstArguments_keepTheirSlice_othersShareARing() {
        byte[][] arguments = new byte[300][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = Integer.toString(i).getBytes(ISO_8859_1);
        }
        try (Request request = Request.of(arguments)) {
            for (int i = 0; i < Request.FIXED_SLICES; i++) {
                assertThat(request.arg(i)).hasToString("" + i).isSameAs(request.arg(i));
            }
            Slice first = request.arg(100);
            for (int i = 101; i < 164; i++) {
                assertThat(request.arg(i)).hasToString("" + i);
                assertThat(first).hasToString("100");
            }
            assertThat(request.arg(3)).hasToString("3");
            assertThat(request.arg(299)).isSameAs(first).hasToString("299");
        }
    }

    @Test
    void movedBuffer_isFollowed() {
        byte[] bytes = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n".getBytes(ISO_8859_1);
        byte[] others = "*2\r\n$3\r\nTTL\r\n$1\r\nx\r\n".getBytes(ISO_8859_1);
        long there = SharedSlab.take(others.length, MemoryTag.CLIENT);
        Memory.copyIn(others, 0, there, others.length);
        decoded(
                bytes,
                request -> {
                    long hash = request.arg(1).hash();
                    request.rebase(there);
                    assertThat(request.arg(0)).hasToString("TTL");
                    assertThat(request.arg(1)).hasToString("x");
                    assertThat(request.arg(1).hash()).isNotEqualTo(hash);
                    return request;
                });
        SharedSlab.give(there, others.length, MemoryTag.CLIENT);
    }

    /** Uses a decoded request while its buffer is there; request and buffer are gone afterwards. */
    private static <T> T decoded(byte[] bytes, Function<Request, T> use) {
        long buffer = SharedSlab.take(bytes.length, MemoryTag.CLIENT);
        Memory.copyIn(bytes, 0, buffer, bytes.length);
        try (Request request = new Request()) {
            int result = new RequestDecoder(new Limits()).decode(buffer, 0, bytes.length, request);
            assertThat(result).isEqualTo(RequestDecoder.COMPLETE);
            return use.apply(request);
        } finally {
            SharedSlab.give(buffer, bytes.length, MemoryTag.CLIENT);
        }
    }
}
