package io.ferrite.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Bytes at random and damaged streams: whatever comes, a decoder answers with one of its results,
 * reads nothing outside its buffer (the checked memory mode sees to that), and says the same
 * wherever the bytes are cut. {@code -Dferrite.fuzz.ms} sets the time, {@code -Dferrite.fuzz.seed}
 * repeats a run.
 */
final class DecoderFuzzTest {

    private static final long MILLIS = Long.getLong("ferrite.fuzz.ms", 1_500);

    private static final String ALPHABET = "*$+-:,#_%~>|(=!0123456789\r\n\r\n \"'\\xab\0GETgetPING";

    private final long seed = Long.getLong("ferrite.fuzz.seed", System.nanoTime());

    /** Decodes pieces, as those of one connection, to something that can be compared. */
    private interface Decoding {
        String decode(byte[]... pieces);
    }

    @Test
    void requestsFromDamagedBytes_areTheSameWhereverCut() {
        try (DecoderFixture wire = new DecoderFixture()) {
            fuzz(RequestSamples.ALL, pieces -> wire.decode(pieces).toString());
            wire.authenticated(false);
            fuzz(RequestSamples.ALL, pieces -> wire.decode(pieces).toString());
        }
    }

    @Test
    void repliesFromDamagedBytes_areTheSameWhereverCut() {
        fuzz(
                RequestSamples.REPLIES,
                pieces -> ReplyDecoderTest.decode(new ReplyDecoder(), pieces).toString());
    }

    private void fuzz(List<String> samples, Decoding decoding) {
        Random random = new Random(seed);
        long deadline = System.nanoTime() + MILLIS * 1_000_000;
        int rounds = 0;
        while (System.nanoTime() < deadline) {
            byte[] stream = stream(random, samples);
            byte[][] pieces = cut(stream, random);
            assertThatCode(() ->
                            assertThat(decoding.decode(pieces))
                                    .isEqualTo(decoding.decode(new byte[][] {stream})))
                    .as("-Dferrite.fuzz.seed=%d, round %d", seed, rounds)
                    .doesNotThrowAnyException();
            rounds++;
        }
        assertThat(rounds).isGreaterThan(20);
    }

    /** Random bytes, text that looks like the protocol, or a valid stream with some damage. */
    private static byte[] stream(Random random, List<String> samples) {
        switch (random.nextInt(4)) {
            case 0 -> {
                byte[] bytes = new byte[random.nextInt(300)];
                random.nextBytes(bytes);
                return bytes;
            }
            case 1 -> {
                byte[] bytes = new byte[random.nextInt(300)];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
                }
                return bytes;
            }
            default -> {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(6); i >= 0; i--) {
                    text.append(samples.get(random.nextInt(samples.size())));
                }
                byte[] bytes = text.toString().getBytes(ISO_8859_1);
                for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
                    bytes = damaged(bytes, random);
                }
                return bytes;
            }
        }
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        byte[] result = bytes.clone();
        switch (random.nextInt(4)) {
            case 0 -> result[at] = (byte) random.nextInt(256);
            case 1 -> result[at] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
            case 2 -> System.arraycopy(bytes, at, result, 0, bytes.length - at);
            default -> result = Arrays.copyOf(bytes, at);
        }
        return result;
    }

    private static byte[][] cut(byte[] stream, Random random) {
        List<byte[]> pieces = new ArrayList<>();
        int most = 1 + random.nextInt(random.nextBoolean() ? 3 : 60);
        for (int at = 0; at < stream.length; ) {
            int length = Math.min(stream.length - at, 1 + random.nextInt(most));
            pieces.add(Arrays.copyOfRange(stream, at, at + length));
            at += length;
        }
        return pieces.toArray(new byte[0][]);
    }
}
