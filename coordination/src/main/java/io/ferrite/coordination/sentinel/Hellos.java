package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.Ask.Purpose;

/**
 * Hellos: how Sentinels find each other and spread who is master. One is sent every two seconds to
 * every server's channel and to every Sentinel, as eight words with commas between them:
 *
 * <pre>
 *   ip, port, id, current epoch of the sender,
 *   name, ip, port, configuration epoch of the master
 * </pre>
 */
final class Hellos {

    private static final int WORDS = 8;
    private static final int ID_LENGTH = 40;
    private static final int DIGITS_MAX = 18;
    private static final int SAVE_AGAIN_MS = 1000;

    private Hellos() {}

    static void send(Turn t, Ref ref) {
        Instance instance = t.instance(ref);
        Link link = t.link(instance);
        Master master = t.master(ref.master());
        String ip = t.global().announceIp().isEmpty() ? link.localIp() : t.global().announceIp();
        if (link.isDisconnected(instance.isServer()) || ip.isEmpty()) {
            return;
        }
        if (master.settings().noLoss() && !master.isConfigDurable()) {
            // Others build on what this Sentinel knows, so it must not forget it.
            saveAgain(t, ref);
            return;
        }
        int port =
                t.global().announcePort() == 0
                        ? t.global().listenPort()
                        : t.global().announcePort();
        Address current = master.currentAddress();
        String hello =
                String.join(
                        ",",
                        ip,
                        Integer.toString(port),
                        t.myId(),
                        Long.toString(t.epoch()),
                        master.name(),
                        t.announced(current),
                        Integer.toString(current.port()),
                        Long.toString(master.configEpoch()));
        Connections.send(t, ref, Purpose.HELLO, "PUBLISH", Connections.HELLO_CHANNEL, hello);
        t.change(ref, i -> i.helloSent(t.nowMs()));
    }

    /** Once a second, however many would be told. */
    private static void saveAgain(Turn t, Ref ref) {
        Master master = t.master(ref.master());
        if (t.nowMs() - master.self().helloSentMs() >= SAVE_AGAIN_MS) {
            t.put(master.withConfig(master.configEpoch(), t.persist()));
            t.change(Ref.master(master.name()), i -> i.helloSent(t.nowMs()));
        }
        t.change(ref, i -> i.helloSent(t.nowMs()));
    }

    /** Everybody shall know at once. */
    static void sendSoon(Turn t, String name) {
        for (Ref ref : t.refs(t.master(name))) {
            t.change(ref, instance -> instance.published(0));
            send(t, ref);
        }
    }

    static void answered(Turn t, Ref about, Reply reply) {
        if (t.instance(about) != null && !(reply instanceof Reply.Failure)) {
            t.change(about, instance -> instance.published(t.nowMs()));
        }
    }

    /** Something came in on a server's channel; what this Sentinel itself said is no news. */
    static void heard(Turn t, Input.Heard news) {
        if (!Connections.isCurrent(t, news.link(), Link.Channel.PUBSUB, news.connection())) {
            return;
        }
        t.put(t.link(news.link()).heard(t.nowMs()));
        if (!news.message().contains(t.myId())) {
            receive(t, news.message());
        }
    }

    private record Hello(
            Address from,
            String id,
            long epoch,
            String master,
            String host,
            int port,
            long config) {}

    static void receive(Turn t, String message) {
        Hello hello = read(t, message);
        if (hello == null || t.master(hello.master()) == null || hello.id().equals(t.myId())) {
            return;
        }
        Ref sender = meet(t, hello);
        Election.heardOf(t, hello.master(), hello.epoch());
        if (sender == null) {
            return;
        }
        learn(t, hello, sender);
        if (t.instance(sender) != null) {
            t.changePeer(sender, peer -> peer.greeted(t.nowMs(), hello.epoch(), hello.config()));
        }
    }

    /** The words of a hello; null if it is none. What it says goes into files, so it is judged. */
    private static Hello read(Turn t, String message) {
        String[] words = message.split(",", -1);
        if (words.length != WORDS
                || !isId(words[2])
                || !isNumber(words[1])
                || !isNumber(words[3])
                || !isNumber(words[6])
                || !isNumber(words[7])) {
            return null;
        }
        Address from = t.address(words[0], Long.parseLong(words[1]), true);
        long port = Long.parseLong(words[6]);
        boolean places =
                from != null
                        && from.port() != 0
                        && port != 0
                        && Address.isPort(port)
                        && Address.isHost(words[5]);
        if (!places) {
            return null;
        }
        return new Hello(
                from,
                words[2],
                Long.parseLong(words[3]),
                words[4],
                words[5],
                (int) port,
                Long.parseLong(words[7]));
    }

    private static boolean isId(String word) {
        return word.length() == ID_LENGTH
                && word.chars()
                        .allMatch(c ->
                                c >= '0' && c <= '9'
                                        || c >= 'a' && c <= 'z'
                                        || c >= 'A' && c <= 'Z');
    }

    /** Digits, few enough that nobody uses the epochs up by naming one near their end. */
    private static boolean isNumber(String word) {
        return !word.isEmpty()
                && word.length() <= DIGITS_MAX
                && word.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Finds the sender among the Sentinels of the master, or adds it. */
    private static Ref meet(Turn t, Hello hello) {
        Master master = t.master(hello.master());
        Peer known = master.peers().get(hello.id());
        if (known != null && known.self().address().isSame(hello.from())) {
            return Ref.sentinel(master.name(), hello.id());
        }
        boolean moved = Reshaping.removeSentinel(t, master.name(), hello.id());
        if (moved) {
            t.event(
                    Severity.NOTICE,
                    "+sentinel-address-switch",
                    Ref.master(master.name()),
                    " ip "
                            + hello.from().host()
                            + " port "
                            + hello.from().port()
                            + " for "
                            + hello.id());
        } else {
            dropFormer(t, master, hello);
        }
        Ref sender = Reshaping.addSentinel(t, master.name(), hello.id(), hello.from());
        if (sender == null) {
            return null;
        }
        if (moved) {
            Reshaping.sentinelMoved(t, master.name(), hello.id());
        } else {
            t.event(Severity.NOTICE, "+sentinel", sender);
        }
        t.persist();
        return sender;
    }

    /** Another Sentinel used to be at the sender's address: it is gone, everywhere. */
    private static void dropFormer(Turn t, Master master, Hello hello) {
        for (Peer peer : master.peers().values()) {
            if (peer.self().address().isSame(hello.from())) {
                String id = peer.self().name();
                t.event(Severity.NOTICE, "+sentinel-invalid-addr", Ref.sentinel(master.name(), id));
                for (String name : t.masterNames()) {
                    Reshaping.removeSentinel(t, name, id);
                }
                return;
            }
        }
    }

    /** A configuration of a higher epoch is the right one. */
    private static void learn(Turn t, Hello hello, Ref sender) {
        Master master = t.master(hello.master());
        if (master.configEpoch() >= hello.config()) {
            return;
        }
        // What clients are told now: of a failover that this Sentinel leads, already the new
        // master.
        Address from = master.currentAddress();
        boolean moved = hello.port() != from.port() || !t.isHostOf(from, hello.host());
        Address to = t.address(hello.host(), hello.port(), false);
        if (moved && to == null) {
            return; // it comes again when the name is known
        }
        t.put(master.withConfig(hello.config(), t.persist()));
        if (!moved) {
            return;
        }
        t.event(Severity.WARNING, "+config-update-from", sender);
        Reshaping.switchEvent(t, master, from, hello.host(), hello.port());
        t.tell(
                master.name(),
                "told",
                "by",
                hello.id(),
                "epoch",
                Long.toString(hello.config()),
                "to",
                t.text(to));
        t.tellEpoch(master.name(), hello.config());
        t.tellEnd(master.name());
        Reshaping.switchTo(t, master.name(), to);
        Reshaping.tellScript(t, t.master(master.name()), false, from, to);
    }
}
