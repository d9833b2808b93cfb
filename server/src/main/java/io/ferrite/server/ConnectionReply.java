package io.ferrite.server;

import io.ferrite.net.Connection;
import io.ferrite.resp.ReplyWriter;

/** Writes replies into a connection's output chunk in place. Event loop only. */
final class ConnectionReply extends ReplyWriter {

    private final Connection connection;

    ConnectionReply(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void boundary() {
        start = at;
    }

    @Override
    protected void more(int needed) {
        if (at == start) {
            if (at != 0) {
                connection.commit(at);
            }
            start = connection.reserve(needed);
            at = start;
        } else {
            long written = at - start;
            start = connection.reserveBehind(start, at, needed);
            at = start + written;
        }
        end = connection.limit();
    }

    /** What has been written so far is output; somebody else may write next. */
    void finish() {
        if (at != 0) {
            connection.commit(at);
            abandon();
        }
    }

    /** The connection and its chunk are gone, or no longer ours. */
    void abandon() {
        start = 0;
        at = 0;
        end = 0;
    }
}
