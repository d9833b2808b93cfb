package io.ferrite.coordination.replication;

import io.ferrite.memory.Memory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The leader's end of a link of the simulation: a follower, as {@link SimServer} sees it. */
final class SimFollower implements SimNetwork.End, LeaderDriver.Transport {
    private final SimServer server;
    private final SimNetwork.Link link;
    final LeaderDriver driver;
    private byte[] input = {};
    private int credit = 1 << 16;
    private boolean open = true;

    SimFollower(SimServer server, SimNetwork.Link link) {
        this.server = server;
        this.link = link;
        this.driver = new LeaderDriver(this, server, link.from.name, 1);
    }

    @Override
    public void received(byte[] bytes) {
        input = SimServer.concat(input, bytes);
        int used = 0;
        while (true) {
            Commands.Parsed p = Commands.parse(input, used);
            if (p == null) {
                break;
            }
            used = p.end();
            command(p.words());
        }
        input = Arrays.copyOfRange(input, used, input.length);
    }

    private void command(List<String> words) {
        if (words.isEmpty()) {
            driver.newline();
            return;
        }
        switch (words.getFirst()) {
            case "PING" -> send("+PONG\r\n".getBytes(StandardCharsets.US_ASCII));
            case "INFO" -> send(bulk(server.info()));
            case "REPLCONF" -> driver.replconf(words.subList(1, words.size()));
            case "PSYNC" -> driver.psync(words.get(1), words.get(2));
            default -> throw new AssertionError(words);
        }
    }

    @Override
    public void closed(String reason) {
        end();
    }

    private void end() {
        if (open) {
            open = false;
            server.followers.remove(this);
            driver.closed();
        }
    }

    @Override
    public void send(byte[] bytes) {
        if (open) {
            credit -= bytes.length;
            int n = bytes.length;
            link.toClient(bytes);
            server.sim.queue.after(
                    1 + server.sim.random.nextInt(10),
                    () -> {
                        credit += n;
                        if (open && server.up) {
                            driver.taken();
                            driver.pump();
                        }
                    });
        }
    }

    @Override
    public void send(long address, int length) {
        send(Memory.toBytes(address, length));
    }

    @Override
    public boolean isWritable() {
        return open && credit > 0;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        link.cut(true, false);
        server.sim.queue.after(0, this::end);
    }

    private static byte[] bulk(String text) {
        return ("$" + text.length() + "\r\n" + text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
