package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.bus.Endpoint;
import io.ferrite.node.Link;
import io.ferrite.node.LinkEvents;
import io.ferrite.node.Node;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.resp.ReplyDecoder;
import io.ferrite.resp.RespValue;
import java.util.List;

/** A connection of this node to another one, for one question. On the cluster's loop. */
final class OneQuestion implements LinkEvents {

    private static final int CONNECT_MS = 5000;

    /** Hears what came of it; one of the two, once, unless it was closed before. */
    interface Listener {
        void answered(RespValue answer);

        void failed(String reason);
    }

    private final List<String> authentication;
    private final List<String> words;
    private final Listener listener;
    private final ReplyDecoder decoder = new ReplyDecoder();
    private Link link;
    private int awaited;
    private boolean over;

    private OneQuestion(List<String> authentication, List<String> words, Listener listener) {
        this.authentication = authentication;
        this.words = words;
        this.listener = listener;
    }

    static OneQuestion ask(Node from, ClusterNode to, List<String> words, Listener listener) {
        OneQuestion made = new OneQuestion(from.slotMoves().usualAuthentication(), words, listener);
        boolean tls = from.settings().get(TlsOptions.TLS_CLUSTER);
        Endpoint at = to.endpoint();
        int port = tls ? at.tlsPort() : at.port();
        int loop = from.environment().loopApart();
        from.environment().connect(loop, at.ip(), port, "", CONNECT_MS, tls, made);
        return made;
    }

    /** Nothing more is told of it. */
    void close() {
        over = true;
        if (link != null) {
            link.close();
        }
    }

    @Override
    public void opened(Link opened) {
        link = opened;
        if (over) {
            opened.close();
            return;
        }
        if (!authentication.isEmpty()) {
            awaited++;
            opened.send(Words.command(authentication));
        }
        awaited++;
        opened.send(Words.command(words));
    }

    @Override
    public void failed(String reason) {
        lost("it cannot be reached: " + reason);
    }

    @Override
    public void closed() {
        lost("the connection was lost");
    }

    private void lost(String reason) {
        if (!over) {
            close();
            listener.failed(reason);
        }
    }

    @Override
    public int received(long address, int length) {
        int at = 0;
        while (!over && at < length) {
            int outcome = decoder.decode(address, at, length);
            at = decoder.consumed();
            if (outcome == ReplyDecoder.INCOMPLETE) {
                break;
            }
            if (outcome == ReplyDecoder.ERROR) {
                lost("it does not speak this protocol");
                return length;
            }
            awaited--;
            if (decoder.value() instanceof RespValue.Failure failure) {
                lost(failure.text());
            } else if (awaited == 0) {
                RespValue answer = decoder.value();
                close();
                listener.answered(answer);
            }
        }
        return over ? length : at;
    }
}
