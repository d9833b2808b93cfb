package io.ferrite.coordination.cluster.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.cluster.SlotSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bus' bytes. */
final class BusCodecTest {

    private static final String A = "a".repeat(40);
    private static final String B = "b".repeat(40);
    private static final String SHARD = "c".repeat(40);

    private final BusWriter writer = new BusWriter(false);
    private final BusReader reader = new BusReader(false);

    private static BusHeader header() {
        return new BusHeader(
                7,
                6,
                123_456,
                A,
                SlotSet.EMPTY.withRange(0, 100).with(16383),
                B,
                new Endpoint("10.1.2.3", 6379, 6380, 16379),
                2 | 16,
                true,
                BusHeader.PAUSED);
    }

    private static List<BusMessage> samples() {
        List<GossipEntry> entries =
                List.of(
                        new GossipEntry(B, 0, 1_700_000_000, new Endpoint("::1", 1, 2, 3), 1),
                        new GossipEntry(SHARD, 9, 8, new Endpoint("", 0, 0, 0), 64));
        Extensions said =
                new Extensions(
                        "host.example.com",
                        "name",
                        List.of(new Extensions.Forgotten(B, 59)),
                        SHARD,
                        -1);
        return List.of(
                new BusMessage.Gossip(MessageType.PING, header(), entries, said),
                new BusMessage.Gossip(MessageType.MEET, header(), List.of(), Extensions.NONE),
                new BusMessage.Fail(header(), B),
                new BusMessage.Publish(header(), false, "c".getBytes(US), "mess".getBytes(US)),
                new BusMessage.Publish(header(), true, new byte[0], new byte[0]),
                new BusMessage.AuthRequest(header().withMarks(BusHeader.FORCE_ACK)),
                new BusMessage.AuthAck(header()),
                new BusMessage.Update(header(), B, 99, SlotSet.of(5, 6)),
                new BusMessage.MfStart(header()),
                new BusMessage.Module(header(), 42, 3, new byte[] {1, 2, 3}));
    }

    private static final java.nio.charset.Charset US = java.nio.charset.StandardCharsets.US_ASCII;

    @Test
    void whatIsWritten_isRead() {
        for (BusMessage message : samples()) {
            byte[] bytes = writer.write(message);
            assertThat(BusReader.length(bytes)).isEqualTo(bytes.length);
            BusReader.Outcome outcome = reader.read(bytes);
            assertThat(outcome).isInstanceOf(BusReader.Read.class);
            BusMessage read = ((BusReader.Read) outcome).message();
            assertThat(read).usingRecursiveComparison().isEqualTo(message);
        }
    }

    @Test
    void fieldsLieWhereRedisHasThem() {
        byte[] ping = writer.write(samples().getFirst());
        ByteBuffer at = ByteBuffer.wrap(ping);
        assertThat(new String(ping, 0, 4, US)).isEqualTo("RCmb");
        assertThat(at.getShort(8)).isEqualTo((short) 1);
        assertThat(at.getShort(10)).isEqualTo((short) 6379);
        assertThat(at.getShort(14)).isEqualTo((short) 2);
        assertThat(at.getLong(16)).isEqualTo(7);
        assertThat(at.getLong(24)).isEqualTo(6);
        assertThat(at.getLong(32)).isEqualTo(123_456);
        assertThat(new String(ping, 40, 40, US)).isEqualTo(A);
        assertThat(ping[80]).isEqualTo((byte) 0xFF);
        assertThat(ping[80 + 12]).isEqualTo((byte) 0x1F);
        assertThat(ping[80 + 2047]).isEqualTo((byte) 0x80);
        assertThat(new String(ping, 2128, 40, US)).isEqualTo(B);
        assertThat(new String(ping, 2168, 8, US)).isEqualTo("10.1.2.3");
        assertThat(at.getShort(2214)).isEqualTo((short) 4);
        assertThat(at.getShort(2246)).isEqualTo((short) 6380);
        assertThat(at.getShort(2248)).isEqualTo((short) 16379);
        assertThat(at.getShort(2250)).isEqualTo((short) 18);
        assertThat(ping[2252]).isEqualTo((byte) 0);
        assertThat(ping[2253]).isEqualTo((byte) 5);
        // entries of 104 bytes, then extensions padded to 8
        assertThat(new String(ping, 2256, 40, US)).isEqualTo(B);
        assertThat(at.getInt(2256 + 44)).isEqualTo(1_700_000_000);
        int extension = 2256 + 2 * 104;
        assertThat(at.getInt(extension)).isEqualTo(8 + 24);
        assertThat(at.getShort(extension + 4)).isEqualTo((short) 0);
        assertThat(ping).hasSize(extension + 32 + 16 + 56 + 48);
    }

    @Test
    void withTls_thePortsChangePlaces() {
        byte[] bytes = new BusWriter(true).write(samples().get(1));
        assertThat(ByteBuffer.wrap(bytes).getShort(10)).isEqualTo((short) 6380);
        BusReader.Read read = (BusReader.Read) new BusReader(true).read(bytes);
        assertThat(read.message().header().endpoint().port()).isEqualTo(6379);
    }

    @Test
    void aPrefixThatBeginsNoMessage_isKnownByIt() {
        byte[] bytes = writer.write(samples().get(6));
        byte[] other = bytes.clone();
        other[0] = 'X';
        assertThat(BusReader.length(other)).isEqualTo(-1);
        other = bytes.clone();
        other[6] = 0; // shorter than a header
        assertThat(BusReader.length(other)).isEqualTo(-1);
    }

    @Test
    void lengthsThatContradictEachOther_areRefused() {
        for (BusMessage message : samples()) {
            byte[] bytes = writer.write(message);
            assertThat(reader.read(Arrays.copyOf(bytes, bytes.length + 8)))
                    .isInstanceOf(BusReader.Refused.class);
            if (bytes.length > BusWriter.headerBytes()) {
                assertThat(reader.read(Arrays.copyOf(bytes, bytes.length - 1)))
                        .isInstanceOf(BusReader.Refused.class);
            }
        }
    }

    @Test
    void namesThatWouldBreakAFile_areNotTakenOver() {
        Extensions said = new Extensions("a\nb", "x y", List.of(), "short", -1);
        BusMessage.Gossip m =
                new BusMessage.Gossip(
                        MessageType.PING,
                        header(),
                        List.of(new GossipEntry(B, 0, 0, new Endpoint("1.2.3.4 x", 1, 0, 2), 1)),
                        said);
        BusMessage.Gossip read =
                (BusMessage.Gossip) ((BusReader.Read) reader.read(writer.write(m))).message();
        assertThat(read.entries()).isEmpty();
        assertThat(read.extensions().hostName()).isNull();
        assertThat(read.extensions().nodeName()).isNull();
        assertThat(read.extensions().shardId()).isNull();
    }

    @Test
    void bytesThatFlip_areReadOrRefused_andNothingElse() {
        long seed = 20_240_607;
        Random random = new Random(seed);
        List<byte[]> originals = new ArrayList<>();
        samples().forEach(m -> originals.add(writer.write(m)));
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = originals.get(random.nextInt(originals.size())).clone();
            int flips = 1 + random.nextInt(4);
            for (int j = 0; j < flips; j++) {
                // Mostly where lengths and counts are.
                int at =
                        switch (random.nextInt(4)) {
                            case 0 -> random.nextInt(16);
                            case 1 -> Math.min(bytes.length - 1, 2208 + random.nextInt(64));
                            case 2 -> Math.min(bytes.length - 1, 2256 + random.nextInt(400));
                            default -> random.nextInt(bytes.length);
                        };
                bytes[at] = (byte) random.nextInt(256);
            }
            if (random.nextInt(4) == 0) {
                int length = BusWriter.headerBytes() + random.nextInt(bytes.length);
                bytes = Arrays.copyOf(bytes, length);
            }
            assertThat(reader.read(bytes)).as("seed %s, round %s", seed, i).isNotNull();
        }
    }
}
