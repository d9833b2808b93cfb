package io.ferrite.engine.pubsub;

import io.ferrite.engine.ByteKey;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.PubSub;
import io.ferrite.engine.Session;
import io.ferrite.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** Channels, patterns and shard channels. A subscription is confirmed with one push per channel. */
public final class PubSubCommands {

    private PubSubCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("SUBSCRIBE", LockPlan.NONE, PubSubCommands::subscribe)
                .bind("UNSUBSCRIBE", LockPlan.NONE, PubSubCommands::unsubscribe)
                .bind("PSUBSCRIBE", LockPlan.NONE, PubSubCommands::psubscribe)
                .bind("PUNSUBSCRIBE", LockPlan.NONE, PubSubCommands::punsubscribe)
                .bind("SSUBSCRIBE", LockPlan.NONE, PubSubCommands::ssubscribe)
                .bind("SUNSUBSCRIBE", LockPlan.NONE, PubSubCommands::sunsubscribe)
                .bind("PUBLISH", LockPlan.NONE, PubSubCommands::publish)
                .bind("SPUBLISH", LockPlan.NONE, PubSubCommands::spublish)
                .bind("PUBSUB|CHANNELS", LockPlan.NONE, PubSubCommands::channels)
                .bind("PUBSUB|NUMSUB", LockPlan.NONE, PubSubCommands::numsub)
                .bind("PUBSUB|NUMPAT", LockPlan.NONE, PubSubCommands::numpat)
                .bind("PUBSUB|SHARDCHANNELS", LockPlan.NONE, PubSubCommands::shardchannels)
                .bind("PUBSUB|SHARDNUMSUB", LockPlan.NONE, PubSubCommands::shardnumsub)
                .bind("PUBSUB|HELP", LockPlan.NONE, PubSubCommands::help);
    }

    static void subscribe(ExecutionUnit unit) {
        PubSub pubSub = unit.engine().pubSub();
        listen(unit, "subscribe", pubSub::subscribe, false);
    }

    static void psubscribe(ExecutionUnit unit) {
        PubSub pubSub = unit.engine().pubSub();
        listen(unit, "psubscribe", pubSub::subscribePattern, false);
    }

    static void ssubscribe(ExecutionUnit unit) {
        PubSub pubSub = unit.engine().pubSub();
        listen(unit, "ssubscribe", pubSub::subscribeShard, true);
    }

    private static void listen(
            ExecutionUnit unit,
            String kind,
            BiConsumer<Session, ByteKey> subscribe,
            boolean shard) {
        Session session = unit.session();
        if (unit.isNested() && session.protocol() == 2 && session.has(Session.SCRIPT)) {
            throw CommandError.of("ERR This Redis command is not allowed from script");
        }
        unit.requireNames(1);
        for (int i = 1; i < unit.argc(); i++) {
            ByteKey channel = ByteKey.of(unit.arg(i));
            subscribe.accept(session, channel);
            session.set(Session.SUBSCRIBED);
            confirm(unit, kind, channel.bytes(), shard);
            if (session.user().isRestricted()
                    && !session.user().rules().allowsChannel(channel.bytes(), isPattern(kind))) {
                // Rights taken away since the command was admitted: the one who did it may have
                // looked for listeners before this one was there.
                session.set(Session.CLOSING);
            }
        }
    }

    private static boolean isPattern(String kind) {
        return kind.startsWith("p");
    }

    static void unsubscribe(ExecutionUnit unit) {
        PubSub pubSub = unit.engine().pubSub();
        leave(unit, "unsubscribe", unit.session().channels(), pubSub::unsubscribe, false);
    }

    static void punsubscribe(ExecutionUnit unit) {
        PubSub pubSub = unit.engine().pubSub();
        leave(unit, "punsubscribe", unit.session().patterns(), pubSub::unsubscribePattern, false);
    }

    static void sunsubscribe(ExecutionUnit unit) {
        PubSub pubSub = unit.engine().pubSub();
        leave(unit, "sunsubscribe", unit.session().shardChannels(), pubSub::unsubscribeShard, true);
    }

    private static void leave(
            ExecutionUnit unit,
            String kind,
            Set<ByteKey> current,
            BiConsumer<Session, ByteKey> unsubscribe,
            boolean shard) {
        Session session = unit.session();
        List<ByteKey> channels = new ArrayList<>();
        if (unit.argc() == 1) {
            channels.addAll(current);
        } else {
            for (int i = 1; i < unit.argc(); i++) {
                channels.add(ByteKey.of(unit.arg(i)));
            }
        }
        if (channels.isEmpty()) {
            confirm(unit, kind, null, shard);
        }
        for (ByteKey channel : channels) {
            unsubscribe.accept(session, channel);
            confirm(unit, kind, channel.bytes(), shard);
        }
        if (session.subscriptions() + session.shardChannels().size() == 0) {
            session.clear(Session.SUBSCRIBED);
        }
    }

    private static void confirm(ExecutionUnit unit, String kind, byte[] channel, boolean shard) {
        ReplyWriter reply = unit.reply();
        Session session = unit.session();
        reply.push(3);
        reply.bulk(kind);
        if (channel == null) {
            reply.nil();
        } else {
            reply.bulk(channel);
        }
        reply.integer(shard ? session.shardChannels().size() : session.subscriptions());
    }

    static void publish(ExecutionUnit unit) {
        HeapBudget.requireText((long) unit.arg(1).length() + unit.arg(2).length());
        int receivers =
                unit.engine().pubSub().publish(unit.arg(1).toBytes(), unit.arg(2).toBytes());
        unit.effects().verbatim();
        unit.reply().integer(receivers);
    }

    static void spublish(ExecutionUnit unit) {
        HeapBudget.requireText((long) unit.arg(1).length() + unit.arg(2).length());
        int receivers =
                unit.engine().pubSub().publishShard(unit.arg(1).toBytes(), unit.arg(2).toBytes());
        unit.effects().verbatim();
        unit.reply().integer(receivers);
    }

    static void channels(ExecutionUnit unit) {
        requireAtMost(unit, 3);
        names(unit, unit.engine().pubSub().activeChannels(unit.argc() > 2 ? unit.arg(2) : null));
    }

    static void shardchannels(ExecutionUnit unit) {
        requireAtMost(unit, 3);
        names(
                unit,
                unit.engine().pubSub().activeShardChannels(unit.argc() > 2 ? unit.arg(2) : null));
    }

    private static void requireAtMost(ExecutionUnit unit, int argc) {
        if (unit.argc() > argc) {
            throw CommandError.arity(unit.command().name());
        }
    }

    private static void names(ExecutionUnit unit, List<ByteKey> channels) {
        unit.reply().array(channels.size());
        for (ByteKey channel : channels) {
            unit.reply().bulk(channel.bytes());
        }
    }

    static void numsub(ExecutionUnit unit) {
        unit.reply().array(2 * (unit.argc() - 2));
        for (int i = 2; i < unit.argc(); i++) {
            byte[] channel = unit.arg(i).toBytes();
            unit.reply().bulk(channel);
            unit.reply().integer(unit.engine().pubSub().listeners(channel));
        }
    }

    static void shardnumsub(ExecutionUnit unit) {
        unit.reply().array(2 * (unit.argc() - 2));
        for (int i = 2; i < unit.argc(); i++) {
            byte[] channel = unit.arg(i).toBytes();
            unit.reply().bulk(channel);
            unit.reply().integer(unit.engine().pubSub().shardListeners(channel));
        }
    }

    static void numpat(ExecutionUnit unit) {
        unit.reply().integer(unit.engine().pubSub().patternCount());
    }

    static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "PUBSUB",
                "CHANNELS [<pattern>]",
                "    Return the currently active channels matching a <pattern> (default: '*').",
                "NUMPAT",
                "    Return number of subscriptions to patterns.",
                "NUMSUB [<channel> ...]",
                "    Return the number of subscribers for the specified channels, excluding",
                "    pattern subscriptions(default: no channels).",
                "SHARDCHANNELS [<pattern>]",
                "    Return the currently active shard level channels matching a <pattern>"
                        + " (default: '*').",
                "SHARDNUMSUB [<shardchannel> ...]",
                "    Return the number of subscribers for the specified shard level channel(s)");
    }
}
