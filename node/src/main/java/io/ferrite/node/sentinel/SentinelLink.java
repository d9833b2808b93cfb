package io.ferrite.node.sentinel;

import io.ferrite.coordination.sentinel.Address;
import io.ferrite.coordination.sentinel.Ask;
import io.ferrite.coordination.sentinel.Reply;
import io.ferrite.node.Environment;
import io.ferrite.node.Link;
import io.ferrite.node.LinkEvents;
import io.ferrite.resp.ReplyDecoder;
import io.ferrite.resp.RespValue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection to a server or a Sentinel: sends commands, and matches the answers to what they
 * were sent for. Messages of a channel come between. Event loop 0 only.
 */
final class SentinelLink implements LinkEvents {

    /** Who wants to know. */
    interface Listener {
        void opened(String localIp);

        void closed(String reason);

        void replied(Ask ask, Reply reply);

        void message(String text);
    }

    private static final int CONNECT_TIMEOUT_MS = 15_000;

    /** INFO of a server with many clients and commands, and far more. */
    private static final ReplyDecoder.Bounds BOUNDS =
            new ReplyDecoder.Bounds(4, 8 << 20, 64 << 10, 4096);

    private static final int MESSAGE_PARTS = 3;

    private final Listener listener;
    private final ReplyDecoder decoder = new ReplyDecoder(BOUNDS);
    private final ArrayDeque<Ask> awaited = new ArrayDeque<>();
    private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
    private Link link;
    private boolean over;

    SentinelLink(Listener listener) {
        this.listener = listener;
    }

    void connect(Environment environment, Address to, String source, boolean encrypted) {
        String host = to.ip().isEmpty() ? to.host() : to.ip();
        environment.connect(0, host, to.port(), source, CONNECT_TIMEOUT_MS, encrypted, this);
    }

    void send(List<String> words, Ask ask) {
        if (over) {
            return;
        }
        awaited.add(ask);
        byte[] bytes = encode(words);
        if (link == null) {
            unsent.writeBytes(bytes);
        } else {
            link.send(bytes);
        }
    }

    private static byte[] encode(List<String> words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        latin(out, "*" + words.size() + "\r\n");
        for (String word : words) {
            latin(out, "$" + word.length() + "\r\n");
            latin(out, word);
            latin(out, "\r\n");
        }
        return out.toByteArray();
    }

    private static void latin(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Ends the connection; the listener hears nothing more. */
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
        String local = opened.localText();
        int colon = local.lastIndexOf(':');
        String ip = colon < 0 ? local : local.substring(0, colon);
        listener.opened(ip.startsWith("[") ? ip.substring(1, ip.length() - 1) : ip);
        if (!over && unsent.size() > 0) {
            opened.send(unsent.toByteArray());
            unsent.reset();
        }
    }

    @Override
    public void failed(String reason) {
        end(reason);
    }

    @Override
    public void closed() {
        end("connection closed");
    }

    private void end(String reason) {
        if (!over) {
            over = true;
            listener.closed(reason);
        }
    }

    @Override
    public int received(long address, int length) {
        int at = 0;
        while (!over) {
            int result = decoder.decode(address, at, length);
            at = decoder.consumed();
            if (result == ReplyDecoder.INCOMPLETE) {
                return at;
            }
            if (result == ReplyDecoder.ERROR) {
                Link broken = link;
                end("protocol error: " + decoder.error());
                broken.close();
                break;
            }
            take(decoder.value());
            if (at == length) {
                return at;
            }
        }
        return length;
    }

    private void take(RespValue value) {
        List<RespValue> parts = value.items();
        if (parts.size() == MESSAGE_PARTS
                && parts.stream().allMatch(RespValue::isText)
                && parts.getFirst() instanceof RespValue.Bulk
                && parts.getFirst().text().equals("message")) {
            listener.message(parts.getLast().text());
            return;
        }
        Ask ask = awaited.poll();
        if (ask != null) {
            listener.replied(ask, reply(value));
        }
    }

    private static Reply reply(RespValue value) {
        return switch (value) {
            case RespValue.Status status -> new Reply.Status(status.text());
            case RespValue.Failure failure -> new Reply.Failure(failure.text());
            case RespValue.Int number -> new Reply.Number(number.value());
            case RespValue.Bulk bulk -> new Reply.Text(bulk.text());
            case RespValue.Verbatim text -> new Reply.Text(text.text());
            case RespValue.ArrayOf array -> {
                List<Reply> items = new ArrayList<>();
                array.elements().forEach(item -> items.add(reply(item)));
                yield new Reply.Many(items);
            }
            default -> new Reply.Nothing();
        };
    }
}
