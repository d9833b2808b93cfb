package io.ferrite.conformance;

import java.io.IOException;
import java.util.List;

/** A client that waits while others run commands, until it is served or told to stop. */
final class Waiter implements AutoCloseable {

    private final RespConnection waiting;
    private final RespConnection commands;
    private final String id;

    Waiter(int port) throws IOException {
        waiting = new RespConnection(port);
        commands = new RespConnection(port);
        id = waiting.call("CLIENT", "ID").text();
    }

    /** Begins to wait; it does once the server has answered to anybody else. */
    void send(List<String> command) throws IOException {
        waiting.send(List.of(command));
        commands.call("PING");
    }

    /** What it was served with; nothing if it waited in vain. */
    Reply stop() throws IOException {
        commands.call("CLIENT", "UNBLOCK", id);
        return waiting.read();
    }

    @Override
    public void close() throws IOException {
        waiting.close();
        commands.close();
    }
}
