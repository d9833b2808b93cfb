package io.ferrite.coordination.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PayloadFrameTest {

    private static final String MARK = "0123456789abcdef0123456789abcdef01234567";

    /** Feeds the text cut into random pieces; returns content and what was left unused. */
    private static String[] feed(PayloadFrame frame, String text, Random random) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        PayloadFrame.Sink sink =
                new PayloadFrame.Sink() {
                    @Override
                    public void content(long address, int length) {
                        content.writeBytes(Memory.toBytes(address, length));
                    }

                    @Override
                    public void content(byte[] bytes, int length) {
                        content.write(bytes, 0, length);
                    }
                };
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int done = 0;
        try (Slab slab = new Slab()) {
            while (done < bytes.length && !frame.isComplete() && frame.refusal() == null) {
                int part = 1 + random.nextInt(bytes.length - done);
                long at = slab.take(part, MemoryTag.OTHER);
                Memory.copyIn(bytes, done, at, part);
                int used = frame.hasBegun() ? 0 : frame.header(at, part);
                if (frame.hasBegun() && used < part && !frame.isComplete()) {
                    used += frame.content(at + used, part - used, sink);
                }
                slab.give(at, part, MemoryTag.OTHER);
                done += used;
            }
        }
        return new String[] {content.toString(StandardCharsets.ISO_8859_1), text.substring(done)};
    }

    @Test
    void copyWithALength_endsThere_andTheStreamIsLeft() {
        for (int seed = 0; seed < 200; seed++) {
            PayloadFrame frame = new PayloadFrame();
            String[] out = feed(frame, "\n\n$11\r\nREDIS12345\n*1\r\n", new Random(seed));
            assertThat(out).containsExactly("REDIS12345\n", "*1\r\n");
            assertThat(frame.isComplete()).isTrue();
            assertThat(frame.received()).isEqualTo(11);
        }
    }

    @Test
    void copyWithAMark_endsAtTheMark_howeverItIsCut() {
        String content = "REDIS" + MARK.substring(0, 39) + "x" + MARK.substring(1) + "\n\r\n";
        for (int seed = 0; seed < 500; seed++) {
            PayloadFrame frame = new PayloadFrame();
            String[] out =
                    feed(frame, "\n$EOF:" + MARK + "\r\n" + content + MARK, new Random(seed));
            assertThat(out).as("seed " + seed).containsExactly(content, "");
            assertThat(frame.isComplete()).isTrue();
            assertThat(frame.received()).isEqualTo(content.length());
        }
    }

    @Test
    void emptyCopies_areCopies() {
        PayloadFrame frame = new PayloadFrame();
        assertThat(feed(frame, "$0\r\nrest", new Random(1))[1]).endsWith("rest");
        assertThat(frame.isComplete()).isTrue();
    }

    @Test
    void anythingElse_isRefusedWithAReason() {
        PayloadFrame error = new PayloadFrame();
        feed(error, "-ERR no\r\n", new Random(1));
        assertThat(error.refusal()).isEqualTo("MASTER aborted replication with an error: ERR no");
        for (String text :
                new String[] {"+OK\r\n", "$-5\r\n", "$abc\r\n", "$99999999999999999999\r\n"}) {
            PayloadFrame frame = new PayloadFrame();
            feed(frame, text, new Random(1));
            assertThat(frame.refusal()).startsWith("Bad protocol from MASTER");
        }
        PayloadFrame endless = new PayloadFrame();
        feed(endless, "$" + "1".repeat(5000), new Random(1));
        assertThat(endless.refusal()).startsWith("Bad protocol from MASTER");
    }
}
