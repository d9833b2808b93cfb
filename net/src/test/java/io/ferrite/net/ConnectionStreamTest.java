package io.ferrite.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many connections of one loop ask for answers of any size, in requests cut anywhere, and read them
 * late: each gets its own bytes, all of them, in order.
 */
@Timeout(120)
final class ConnectionStreamTest {

    private static final int CONNECTIONS = 6;
    private static final int REQUESTS = 60;

    /** A request says how many bytes it wants, and of what sequence. */
    private static final int REQUEST_BYTES = 2 * Integer.BYTES;

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @EnumSource(
            value = IoTransport.class,
            names = {"EPOLL", "NIO"})
    void everybodyGetsWhatTheyAskedFor(IoTransport transport) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        try (EventLoops loops = new EventLoops(1, transport, observer());
                EventLoops.Listener listener = listen(loops);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(threads.submit(client(listener.port(), random.nextLong())));
            }
            for (Future<Integer> client : clients) {
                assertThat(client)
                        .as("-Dseed=" + seed)
                        .succeedsWithin(100, TimeUnit.SECONDS)
                        .isEqualTo(REQUESTS);
            }
            assertThat(failures).isEmpty();
        }
    }

    @Test
    void aClientThatNeverReadsDisturbsNobody() throws Exception {
        try (EventLoops loops = new EventLoops(1, IoTransport.choose("auto"), observer());
                EventLoops.Listener listener = listen(loops)) {
            try (Socket deaf = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                for (int i = 0; i < 8; i++) {
                    deaf.getOutputStream().write(request(2 << 20, i));
                }
                assertThat(client(listener.port(), 7).call()).isEqualTo(REQUESTS);
            } // ends with answers on their way
            assertThat(client(listener.port(), 8).call()).isEqualTo(REQUESTS);
            assertThat(failures).isEmpty();
        }
    }

    private Callable<Integer> client(int port, long seed) {
        return () -> {
            Random random = new Random(seed);
            List<int[]> wanted = new ArrayList<>();
            ByteBuffer all = ByteBuffer.allocate(REQUESTS * REQUEST_BYTES);
            for (int i = 0; i < REQUESTS; i++) {
                int[] each = {size(random), random.nextInt()};
                wanted.add(each);
                all.put(request(each[0], each[1]));
            }
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                Thread writer = Thread.startVirtualThread(() -> write(socket, all.array(), seed));
                DataInputStream in = new DataInputStream(socket.getInputStream());
                int got = 0;
                for (int[] each : wanted) {
                    byte[] answer = new byte[each[0]];
                    in.readFully(answer);
                    assertThat(Arrays.mismatch(answer, sequence(each[1], answer.length)))
                            .as("answer " + got)
                            .isEqualTo(-1);
                    got++;
                }
                writer.join();
                return got;
            }
        };
    }

    private void write(Socket socket, byte[] all, long seed) {
        Random random = new Random(~seed);
        try {
            OutputStream out = socket.getOutputStream();
            int at = 0;
            while (at < all.length) {
                int length = Math.min(1 + random.nextInt(20), all.length - at);
                out.write(all, at, length);
                at += length;
            }
        } catch (IOException e) {
            failures.add(e);
        }
    }

    /** Most are small, some fill a chunk to the byte, few are more than a socket takes at once. */
    private static int size(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> SpareChunk.SIZE - 1 + random.nextInt(3);
            case 1 -> random.nextInt(100_000);
            case 2 -> random.nextInt(4) == 0 ? 3_000_000 + random.nextInt(1000) : 0;
            default -> random.nextInt(600);
        };
    }

    private static byte[] request(int size, int sequence) {
        return ByteBuffer.allocate(REQUEST_BYTES).putInt(size).putInt(sequence).array();
    }

    private static byte[] sequence(int sequence, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = byteAt(sequence, i);
        }
        return bytes;
    }

    private static byte byteAt(int sequence, int index) {
        return (byte) ((sequence + index) * 0x9E3779B1 >>> 24);
    }

    private static EventLoops.Listener listen(EventLoops loops) throws IOException {
        EventLoops.Listener listener =
                loops.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new EventLoops.SocketSettings(511, true),
                        Answers::new);
        listener.accept();
        return listener;
    }

    private EventLoops.Observer observer() {
        return new EventLoops.Observer() {
            @Override
            public void opened(Connection connection) {}

            @Override
            public void closed(Connection connection) {}

            @Override
            public void failed(Connection connection, Throwable cause) {
                failures.add(cause);
            }
        };
    }

    /** Consumes whole requests only, and answers in pieces. */
    private record Answers(Connection connection) implements ConnectionHandler {

        @Override
        public int received(long base, int from, int to) {
            int at = from;
            while (to - at >= REQUEST_BYTES) {
                answer(intAt(base + at), intAt(base + at + Integer.BYTES));
                at += REQUEST_BYTES;
            }
            return at;
        }

        private static int intAt(long address) {
            return Integer.reverseBytes(Memory.getInt(address));
        }

        private void answer(int size, int sequence) {
            int done = 0;
            while (done < size) {
                int piece = Math.min(size - done, 1000 + (sequence & 0x3fff));
                long at = connection.reserve(piece);
                Memory.copyIn(sequence(sequence + done, piece), 0, at, piece);
                connection.commit(at + piece);
                done += piece;
            }
        }

        @Override
        public void readComplete() {}

        @Override
        public void closed() {}
    }
}
