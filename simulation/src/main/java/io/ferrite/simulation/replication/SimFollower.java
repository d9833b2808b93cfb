package io.ferrite.simulation.replication;

import io.ferrite.coordination.replication.LeaderDriver;
import io.ferrite.coordination.replication.LeaderLink;
import io.ferrite.memory.Memory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The leader's end of a link of the simulation: a follower, as {@link SimServer} sees it. */
final class SimFollower implements SimNetwork.End, LeaderDriver.Transport {
    private final SimServer server;
    final SimNetwork.Link link;
    final long id;
    final LeaderDriver driver;
    private byte[] input = {};
    private int credit = 1 << 16;
    private boolean open = true;

    SimFollower(SimServer server, SimNetwork.Link link) {
        this.server = server;
        this.link = link;
        this.id = server.world.nextId();
        this.driver = new LeaderDriver(this, server.leading, link.from.name, 1, id);
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
            case "INFO" -> send(bulk(server.leading.info()));
            case "REPLCONF" -> driver.replconf(words.subList(1, words.size()));
            case "PSYNC" -> server.leading.psync(this, words.get(1), words.get(2));
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
            LeaderLink.Phase last = driver.state().phase();
            driver.closed();
            server.leading.remove(this, last);
        }
    }

    @Override
    public void send(byte[] bytes) {
        if (open) {
            credit -= bytes.length;
            int n = bytes.length;
            link.toClient(bytes);
            server.world.queue.after(
                    1 + server.world.random.nextInt(10),
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
        server.world.queue.after(0, this::end);
    }

    private static byte[] bulk(String text) {
        return ("$" + text.length() + "\r\n" + text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
