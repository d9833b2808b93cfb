package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.Ask.Purpose;
import io.ferrite.coordination.sentinel.Link.Channel;
import java.util.List;

/** Makes the connections of an instance, and introduces this Sentinel on them. */
final class Connections {

    static final String HELLO_CHANNEL = "__sentinel__:hello";

    private static final int SHORT_ID = 8;

    private Connections() {}

    /** Connects what is not connected, at most once in a ping period. */
    static void reconnect(Turn t, Ref ref) {
        Instance instance = t.instance(ref);
        Link link = t.link(instance);
        if (!link.isDisconnected(instance.isServer())
                || instance.address().port() == 0
                || t.nowMs() - link.attemptMs() < t.timing().pingMs()) {
            return;
        }
        t.put(link.attempted(t.nowMs()));
        if (link.command() == null) {
            resolveAgain(t, ref);
            connect(t, ref, Channel.COMMAND, "cmd");
            ping(t, ref);
            if (instance.isServer()) {
                info(t, ref); // another server may have taken the place
            }
        }
        if (instance.isServer() && link.pubsub() == null) {
            connect(t, ref, Channel.PUBSUB, "pubsub");
            send(t, ref, Channel.PUBSUB, Purpose.SUBSCRIBE, "SUBSCRIBE", HELLO_CHANNEL);
        }
    }

    /** A name may stand for another address by now. */
    private static void resolveAgain(Turn t, Ref ref) {
        Address old = t.instance(ref).address();
        if (t.global().resolveHostnames()) {
            Address now = t.address(old.host(), old.port(), false);
            if (now != null) {
                t.change(ref, instance -> instance.withAddress(now));
            }
        }
    }

    private static void connect(Turn t, Ref ref, Channel channel, String suffix) {
        Instance instance = t.instance(ref);
        t.connect(instance.link(), channel, instance.address());
        authenticate(t, ref, channel);
        String id = t.myId().substring(0, Math.min(SHORT_ID, t.myId().length()));
        send(
                t,
                ref,
                channel,
                Purpose.NOTHING,
                "CLIENT",
                "SETNAME",
                "sentinel-" + id + "-" + suffix);
    }

    /**
     * Servers take the password of their master's settings; Sentinels their own, or else the one
     * that this Sentinel asks of its clients.
     */
    private static void authenticate(Turn t, Ref ref, Channel channel) {
        String user;
        String pass;
        if (ref.kind() == Kind.SENTINEL) {
            boolean own = !t.global().sentinelPass().isEmpty();
            user = own ? t.global().sentinelUser() : "";
            pass = own ? t.global().sentinelPass() : t.global().listenPass();
        } else {
            MasterSettings settings = t.master(ref.master()).settings();
            user = settings.authUser();
            pass = settings.authPass();
        }
        if (pass.isEmpty()) {
            return;
        }
        if (user.isEmpty()) {
            send(t, ref, channel, Purpose.NOTHING, "AUTH", pass);
        } else {
            send(t, ref, channel, Purpose.NOTHING, "AUTH", user, pass);
        }
    }

    /** Sends a command, under the name by which the servers of this master know it. */
    static void send(Turn t, Ref ref, Channel channel, Purpose purpose, String... words) {
        String[] sent = words.clone();
        sent[0] = t.master(ref.master()).settings().command(words[0]);
        t.send(t.instance(ref).link(), channel, new Ask(purpose, ref), List.of(sent));
    }

    static void send(Turn t, Ref ref, Purpose purpose, String... words) {
        send(t, ref, Channel.COMMAND, purpose, words);
    }

    static void ping(Turn t, Ref ref) {
        send(t, ref, Purpose.PING, "PING");
        Link link = t.link(t.instance(ref));
        t.put(link.pinged(t.nowMs()));
    }

    static void info(Turn t, Ref ref) {
        send(t, ref, Purpose.INFO, "INFO");
        t.change(ref, instance -> instance.infoAsked(t.nowMs()));
    }

    /** Ends both connections of an instance; they are made again. */
    static void drop(Turn t, Ref ref) {
        long link = t.instance(ref).link();
        t.disconnect(link, Channel.COMMAND);
        t.disconnect(link, Channel.PUBSUB);
    }

    /** Ends the connections to a master and its replicas. */
    static void dropServers(Turn t, String name) {
        for (Ref ref : t.refs(t.master(name))) {
            if (ref.kind() != Kind.SENTINEL) {
                drop(t, ref);
            }
        }
    }

    /** Ends the connections to the other Sentinels. */
    static void dropSentinels(Turn t) {
        for (Master master : t.masters()) {
            master.peers().keySet().forEach(id -> drop(t, Ref.sentinel(master.name(), id)));
        }
    }

    static void opened(Turn t, Input.Opened news) {
        if (isCurrent(t, news.link(), news.channel(), news.connection())) {
            t.put(t.link(news.link()).opened(news.channel(), news.localIp()));
        }
    }

    static void closed(Turn t, Input.Closed news) {
        if (isCurrent(t, news.link(), news.channel(), news.connection())) {
            t.put(t.link(news.link()).withConnection(news.channel(), null));
        }
    }

    /** A connection that hears nothing is none; the password may be right the next time. */
    static void subscribed(Turn t, Input.Replied news) {
        if (news.reply() instanceof Reply.Failure) {
            t.disconnect(news.link(), news.channel());
        }
    }

    /** Whether news are of a connection that still is the one in use. */
    static boolean isCurrent(Turn t, long id, Channel channel, long number) {
        Link link = t.link(id);
        Link.Connection now = link == null ? null : link.connection(channel);
        return now != null && now.number() == number;
    }

    /**
     * SLAVEOF, so that it lasts and clients ask again where their master is: in one transaction the
     * change of role, the file, and the end of all other connections.
     *
     * @param to the new master, null for NO ONE
     */
    static boolean slaveOf(Turn t, Ref ref, Address to) {
        Link link = t.link(t.instance(ref));
        if (link.command() == null) {
            return false;
        }
        send(t, ref, Purpose.NOTHING, "MULTI");
        if (to == null) {
            send(t, ref, Purpose.NOTHING, "SLAVEOF", "NO", "ONE");
        } else {
            String port = Integer.toString(to.port());
            send(t, ref, Purpose.NOTHING, "SLAVEOF", t.announced(to), port);
        }
        send(t, ref, Purpose.NOTHING, "CONFIG", "REWRITE");
        send(t, ref, Purpose.NOTHING, "CLIENT", "KILL", "TYPE", "normal");
        send(t, ref, Purpose.NOTHING, "CLIENT", "KILL", "TYPE", "pubsub");
        send(t, ref, Purpose.ROLE_CHANGED, "EXEC");
        return true;
    }
}
